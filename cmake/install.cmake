# What `cmake --install` puts into a prefix: the program, the archives, the headers of the library, and what
# CMake and pkg-config need to find them. Everything may be moved as a whole.
include(CMakePackageConfigHelpers)

install(TARGETS fathom)
install(TARGETS fathom_core fathom_io fathom_keras fathom_text fathom_generate fathom_figure fathom_data fathom_train fathom_library EXPORT FathomTargets
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(component core io keras text generate figure data train)
  set_target_properties(fathom_${component} PROPERTIES EXPORT_NAME ${component})
endforeach()
set_target_properties(fathom_library PROPERTIES EXPORT_NAME fathom)

# Not what only the program, the backends and the sources include.
install(DIRECTORY fathom DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h"
        PATTERN cli EXCLUDE PATTERN reference EXCLUDE PATTERN train/json.h EXCLUDE PATTERN keras/layer.h EXCLUDE
        PATTERN keras/model.h EXCLUDE PATTERN math/eigen.h EXCLUDE
        REGEX "text/(added_tokens|aligned_text|base64|byte_level|charsmap|fields|models|normalizers|parts|pattern)\\.h$" EXCLUDE
        REGEX "text/(pre_tokenizers|regex|scored_pieces|tokenizer_parts|tokenizer_state|trainers|trie|unicode|unicode_data)\\.h$" EXCLUDE
        REGEX "text/(utf8|vocabulary|word2vec_parts|workspace)\\.h$" EXCLUDE
        REGEX "projection/(affinities|cell_tree|points)\\.h$" EXCLUDE PATTERN generate/search.h EXCLUDE)

install(EXPORT FathomTargets NAMESPACE Fathom:: DESTINATION ${FATHOM_PACKAGE})
configure_package_config_file(cmake/FathomConfig.cmake.in ${CMAKE_BINARY_DIR}/FathomConfig.cmake
                              INSTALL_DESTINATION ${FATHOM_PACKAGE})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/FathomConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/FathomConfig.cmake ${CMAKE_BINARY_DIR}/FathomConfigVersion.cmake
        cmake/libraries.cmake DESTINATION ${FATHOM_PACKAGE})
configure_file(cmake/fathom.pc.in ${CMAKE_BINARY_DIR}/fathom.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/fathom.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The data sets are inside of the archives: their licence travels along.
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.png" PATTERN "*.svg")
install(FILES data/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/data)
