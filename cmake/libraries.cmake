# The libraries that Fathom links. Read by Fathom's own build and, installed, by FathomConfig.cmake, so that
# both look for the same.
#
# In: fathom_components, of core io keras text generate figure data train. Out: for each library a target Fathom::NAME, and
# fathom_missing, the names that were not found. An archive comes before a shared library, whatever
# CMAKE_FIND_LIBRARY_SUFFIXES says: a program then is one file.
set(fathom_missing "")

function(fathom_find_library name)
  find_library(FATHOM_LIBRARY_${name} NAMES lib${name}.a ${name})
  mark_as_advanced(FATHOM_LIBRARY_${name})
  if(NOT FATHOM_LIBRARY_${name})
    set(fathom_missing ${fathom_missing} ${name} PARENT_SCOPE)
  elseif(NOT TARGET Fathom::${name})
    add_library(Fathom::${name} UNKNOWN IMPORTED)
    set_target_properties(Fathom::${name} PROPERTIES IMPORTED_LOCATION ${FATHOM_LIBRARY_${name}})
    foreach(needed ${ARGN})
      target_link_libraries(Fathom::${name} INTERFACE Fathom::${needed})
    endforeach()
  endif()
endfunction()

if("io" IN_LIST fathom_components)
  fathom_find_library(z)
  fathom_find_library(deflate)
  fathom_find_library(png z)
  fathom_find_library(jpeg)
  fathom_find_library(webp)
  fathom_find_library(minizip z)
endif()
if("keras" IN_LIST fathom_components)
  fathom_find_library(z)
endif()
if("text" IN_LIST fathom_components)
  fathom_find_library(pcre2-8)
  fathom_find_library(utf8proc)
endif()
if("figure" IN_LIST fathom_components)
  fathom_find_library(agg)
endif()
