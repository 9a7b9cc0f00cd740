// Opens and parses the file, checks the container, and hands over to GraphImporter.
#include "neap/compiler/importer/Importer.h"

#include "neap/compiler/importer/GraphImporter.h"
#include "neap/compiler/importer/RawDataOffsets.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"

#include "mlir/IR/Verifier.h"

#include "google/protobuf/io/zero_copy_stream_impl.h"

using namespace mlir;
using namespace neap::importer;

/// Protobuf holds a message in memory and counts it in 31 bits.
static constexpr uint64_t maxFileBytes = (uint64_t(1) << 31) - 1;

static LogicalResult parse(const neap::weights::File &file, ::onnx::ModelProto &model,
                           function_ref<InFlightDiagnostic()> error) {
  if (file.size() == 0)
    return error() << "expected an ONNX model, got an empty file";
  if (file.size() > maxFileBytes) {
    InFlightDiagnostic diagnostic = error();
    diagnostic << "expected a model file of less than 2 GiB, got one of " << file.size() << " bytes";
    diagnostic.attachNote() << "export it with external data (external_data=True)";
    return diagnostic;
  }
  google::protobuf::LogSilencer silence; // The reason it would print says less than what we do.
  google::protobuf::io::FileInputStream stream(file.handle());
  if (!model.ParseFromZeroCopyStream(&stream))
    return error()
           << "expected an ONNX model, got a file that is no protobuf message, is cut off, or is nested too deeply";
  return success();
}

static LogicalResult checkContainer(const ::onnx::ModelProto &model, function_ref<InFlightDiagnostic()> error) {
  auto missing = [&](StringRef field) { return error() << "expected an ONNX model, got a file without " << field; };
  if (!model.has_ir_version())
    return missing("ir_version");
  if (!model.has_graph())
    return missing("graph");
  if (!model.opset_import_size())
    return missing("opset_import");
  if (model.ir_version() < 3)
    return error() << "expected ir_version 3 or later, got " << model.ir_version();
  if (!model.graph().output_size())
    return error() << "expected a graph with outputs, got none";
  return success();
}

FailureOr<OwningOpRef<ModuleOp>> neap::importer::importOnnx(MLIRContext &context, StringRef path,
                                                            const ImportOptions &options) {
  context.loadDialect<neap::onnx::OnnxDialect>();
  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  auto error = [&] { return emitError(loc) << path << ": "; };

  llvm::Expected<neap::weights::File> file = neap::weights::openModel(path);
  if (!file)
    return emitError(loc) << llvm::toString(file.takeError());
  ::onnx::ModelProto model;
  if (failed(parse(*file, model, error)) || failed(checkContainer(model, error)))
    return failure();
  llvm::Expected<SmallVector<int64_t>> offsets = findRawData(file->handle());
  if (!offsets)
    return error() << llvm::toString(offsets.takeError());
  if (offsets->size() != static_cast<size_t>(model.graph().initializer_size()))
    return error() << "expected the file to stay as it is, got one that changed while it was read";

  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  if (failed(GraphImporter(*module, model, path, *offsets, options).run()) || failed(verify(*module)))
    return failure();
  return module;
}
