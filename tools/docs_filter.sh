#!/usr/bin/env bash
# What Doxygen sees of a header. The comment at its top is the page of the file, and what is declared belongs to the
# group of its folder. The comment of a function stands also before the overloads that follow it at once; a
# function without a comment that only calls another, and a type that is only another name, are said to be that.
# Text that is set in by three spaces is code, as four mean in Markdown. Lines keep their numbers.
#
# usage: docs_filter.sh fathom/FOLDER/NAME.h
group=$(dirname -- "$1")
group=${group##*fathom/}
awk -v group="${group%%/*}" '
  function shifted(line) { sub(/\/\/\/   /, "///      ", line); return line }
  function function_name(line) {
    return match(line, /[A-Za-z_0-9]+\(/) ? substr(line, RSTART, RLENGTH - 1) : ""
  }
  # The function whose call is all that the definition beginning at line i does.
  function called(i, text, n) {
    if (line[i] !~ /^inline .*[{(,]/) return ""
    for (n = i; n < i + 5 && n <= NR; ++n) {
      text = text " " line[n]
      if (line[n] ~ /}$/) break
    }
    if (text !~ /^ inline [^{]*{ *return [a-z_:0-9]+\([^(){}]*\); *}$/) return ""
    sub(/.*{ *return /, "", text)
    sub(/\(.*/, "", text)
    return text ~ /^ops::/ ? "" : text
  }
  { line[NR] = $0 }
  END {
    for (i = 1; i <= NR; ++i) {
      $0 = line[i]
      if (!body && /^\/\//) {
        sub(/^\/\//, "///")
        print shifted($0)
      } else if (/^#pragma once/) {
        body = 1
        print "/// @file"
      } else if (/^namespace .*{$/) {
        opened = i
        print $0 " /** @addtogroup " group " */ /** @{ */"
      } else if (/^} *\/\/ namespace/ || (/^}$/ && i == opened + 2)) {
        print "/** @} */ " $0
      } else if (/^ *\/\/\/($|[^<])/) {
        if (!commenting) comment = ""
        commenting = 1
        text = $0
        sub(/^ *\/\/\/ */, "", text)
        comment = comment " " text
        print shifted($0)
      } else if (/^ *$/) {
        comment = name = ""
        commenting = 0
        print
      } else if (/^template <> .*;$/ || /^(template <[^>]*> )?[A-Z][A-Za-z]*\(.*\) -> .*;$/) {
        print ""  # deduction guides and specialisations
      } else {
        before = ""
        if (commenting) name = function_name($0)
        else if (comment != "" && name != "" && function_name($0) == name && /^ *[A-Za-z]/) before = "/**" comment " */ "
        else if ((other = called(i)) != "") before = "/** The same as " other "(). */ "
        else if (/^using [A-Za-z]+ = [A-Za-z]+;/) before = "/** Another name of " substr($4, 1, length($4) - 1) ". */ "
        if (commenting && name == "" && $0 !~ /^ *(template|requires)/) comment = ""
        commenting = commenting && name == "" && comment != ""
        print before $0
      }
    }
  }
' "$1"
