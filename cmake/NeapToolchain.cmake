# Language level, warnings, LLVM/MLIR, ccache and the shared precompiled header: everything a library of the house inherits.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

# Assertions stay on in Release: a compiler is judged by what it refuses, and they cost next to nothing here.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "expected LLVM/MLIR 22, got ${LLVM_PACKAGE_VERSION} at ${LLVM_DIR}")
endif()
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

find_program(NEAP_CCACHE ccache)
if(NEAP_CCACHE)
  # Precompiled headers need these two: clang must not store times in them, ccache must not look for times.
  foreach(language C CXX)
    set(CMAKE_${language}_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
        ${NEAP_CCACHE})
  endforeach()
endif()

set(NEAP_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=")
add_compile_options(-Wall -Wextra -Wno-unused-parameter -fdiagnostics-color=auto)
add_link_options(-fuse-ld=lld)
if(NEAP_SANITIZE)
  add_compile_options(-fsanitize=${NEAP_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NEAP_SANITIZE})
endif()

# Headers stand beside their sources and are included as "neap/<path in the repository>"; generated ones likewise.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include/neap SYMBOLIC)
set(NEAP_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
include_directories(${PROJECT_BINARY_DIR}/include ${NEAP_GENERATED_DIR})

# What every MLIR-using library of the house compiles against. MLIR and LLVM come as shared libraries only: linking the
# static archives as well would give the process two copies of every type id.
add_library(neap_mlir INTERFACE)
target_include_directories(neap_mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_link_libraries(neap_mlir INTERFACE MLIR LLVM)

# The precompiled header. target_precompile_headers would write the path of this checkout into it, and ccache could share
# nothing between checkouts. Ninja runs every compiler in the build directory: /proc/self/cwd is the same path everywhere.
string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}}")
get_directory_property(options COMPILE_OPTIONS)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/pch)
set(NEAP_PCH ${PROJECT_BINARY_DIR}/pch/Precompiled.h.pch)
add_custom_command(
  OUTPUT ${NEAP_PCH}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h pch/Precompiled.h
  COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${CMAKE_CXX_COMPILER} ${flags} ${options} -fPIC -std=c++20
          -isystem ${LLVM_INCLUDE_DIRS} -Xclang -fno-pch-timestamp -MD -MF pch/Precompiled.h.d -MT pch/Precompiled.h.pch
          -x c++-header /proc/self/cwd/pch/Precompiled.h -o pch/Precompiled.h.pch
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h
  DEPFILE pch/Precompiled.h.d
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
  COMMENT "Precompiling the MLIR headers"
  VERBATIM)
add_custom_target(neap_pch DEPENDS ${NEAP_PCH})
