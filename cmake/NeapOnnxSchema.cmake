# onnx.proto of the pinned `onnx` package, and the C++ classes protoc makes from it. Nothing else of ONNX is used.
# tools/setup.sh puts the file there; NEAP_ONNX_PROTO names another one.

set(NEAP_ONNX_PROTO ${PROJECT_SOURCE_DIR}/build/onnx-schema/onnx.proto CACHE FILEPATH "onnx.proto of onnx 1.23.2")
if(NOT EXISTS ${NEAP_ONNX_PROTO})
  message(FATAL_ERROR "onnx.proto not found at ${NEAP_ONNX_PROTO}; run tools/setup.sh, which fetches it, or set NEAP_ONNX_PROTO")
endif()

find_package(Protobuf REQUIRED)
set(directory ${NEAP_GENERATED_DIR}/neap/onnx-schema)
file(MAKE_DIRECTORY ${directory})
get_filename_component(source_directory ${NEAP_ONNX_PROTO} DIRECTORY)
add_custom_command(
  OUTPUT ${directory}/onnx.pb.cc ${directory}/onnx.pb.h
  COMMAND protobuf::protoc --proto_path=${source_directory} --cpp_out=${directory} onnx.proto
  DEPENDS ${NEAP_ONNX_PROTO})
add_library(neap_onnx_schema STATIC ${directory}/onnx.pb.cc)
target_compile_options(neap_onnx_schema PRIVATE -w)
target_include_directories(neap_onnx_schema SYSTEM PUBLIC ${Protobuf_INCLUDE_DIRS})
target_link_libraries(neap_onnx_schema PUBLIC protobuf::libprotobuf)
