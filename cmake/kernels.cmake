# Compiles every kernel file once per instruction set. FATHOM_ISA names the namespace that the file's
# definitions go into; the vector width is all that may differ between the two objects.
# Kernel files include only <cstdint>, <type_traits>, <immintrin.h> and kernel headers: an inline function of
# the standard library compiled for AVX-512 must not be the copy that the linker keeps for every machine.
# Those headers are precompiled: a second of each file.
# No exception passes through a kernel, so none needs tables for unwinding.
set(FATHOM_KERNEL_FLAGS -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-exceptions -fno-rtti
    -fno-asynchronous-unwind-tables)
if(FATHOM_SANITIZE)  # At -O3, with every check in line, g++ takes 20 minutes for the largest file.
  list(APPEND FATHOM_KERNEL_FLAGS -O1 --param=asan-instrumentation-with-call-threshold=0)
endif()
set(FATHOM_FLAGS_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2)
set(FATHOM_FLAGS_avx512 ${FATHOM_FLAGS_avx2} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)

function(fathom_add_kernels target)
  foreach(isa avx2 avx512)
    add_library(${target}_${isa} OBJECT ${ARGN})
    target_compile_options(${target}_${isa} PRIVATE ${FATHOM_KERNEL_FLAGS} ${FATHOM_FLAGS_${isa}})
    set_target_properties(${target}_${isa} PROPERTIES UNITY_BUILD OFF)  # what is inlined depends on no other file
    target_precompile_headers(${target}_${isa} PRIVATE <cstdint> <type_traits> <immintrin.h>)
    target_compile_definitions(${target}_${isa} PRIVATE FATHOM_ISA=${isa} FATHOM_ISA_${isa}=1)
  endforeach()
endfunction()
