// mlir-opt with the dialects and passes of the house, for tests and for people who write passes.
#include "neap/tools/registration/Registration.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  neap::registerAllDialects(registry);
  neap::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Neap's optimizer driver\n", registry));
}
