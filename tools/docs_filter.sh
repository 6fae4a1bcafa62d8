#!/usr/bin/env bash
# What Doxygen sees of a header: the comment at its top as the page of the file, what is declared as part of the
# group of its folder, and the comment of a function also before the overloads that follow it at once. Text that
# is set in by three spaces is code, as four mean in Markdown. Lines keep their numbers.
#
# usage: docs_filter.sh fathom/FOLDER/NAME.h
group=$(dirname -- "$1")
group=${group##*fathom/}
awk -v group="${group%%/*}" '
  function shifted(line) { sub(/\/\/\/   /, "///      ", line); return line }
  function function_name(line) {
    return match(line, /[A-Za-z_0-9]+\(/) ? substr(line, RSTART, RLENGTH - 1) : ""
  }
  !body && /^\/\// { sub(/^\/\//, "///"); print shifted($0); next }
  /^#pragma once/ { body = 1; print "/// @file"; next }
  /^namespace .*{$/ { opened = NR; print $0 " /** @addtogroup " group " */ /** @{ */"; next }
  /^} *\/\/ namespace/ || (/^}$/ && NR == opened + 2) { print "/** @} */ " $0; next }
  /^ *\/\/\/($|[^<])/ {
    if (!commenting) comment = ""
    commenting = 1
    text = $0
    sub(/^ *\/\/\/ */, "", text)
    comment = comment " " text
    print shifted($0)
    next
  }
  /^ *$/ { comment = ""; commenting = 0; name = ""; print; next }
  /^(template <[^>]*> )?[A-Z][A-Za-z]*\(.*\) -> .*;$/ { print ""; next }  # deduction guides
  /^template <> .*;$/ { print ""; next }
  {
    if (commenting) name = function_name($0)
    else if (comment != "" && name != "" && function_name($0) == name && /^ *[A-Za-z]/)
      printf "/**%s */ ", comment
    if (commenting && name == "" && $0 !~ /^ *(template|requires)/) comment = ""
    commenting = commenting && name == "" && comment != ""
    print
  }
' "$1"
