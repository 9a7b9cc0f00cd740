// Small programs that are right by construction: values of a few dozen bytes, launches and copies on four streams, events
// where two of them would get in each other's way, far memory, loops that carry slots and events, updates in place.
#ifndef NEAP_TEST_PASSES_VERIFY_MUTANTS_RANDOMPROGRAM_H
#define NEAP_TEST_PASSES_VERIFY_MUTANTS_RANDOMPROGRAM_H

#include "neap/dialects/sched/Sched.h"

#include <random>

namespace neap::test {

/// A module with one program, and the kernels that it launches.
class RandomProgram {
public:
  RandomProgram(mlir::MLIRContext *context, uint64_t seed);

  mlir::OwningOpRef<mlir::ModuleOp> take() { return std::move(module); }

private:
  static constexpr int streamCount = 4;
  static constexpr int64_t grain = 16; // offsets and sizes are multiples of so many bytes

  /// For each stream, how many of its entries.
  using Counts = std::array<int, streamCount>;
  struct Bytes {
    sched::Space space;
    int64_t begin, end;
    bool overlaps(const Bytes &other) const { return space == other.space && begin < other.end && other.begin < end; }
  };
  /// A value that may still be used. What outlives the step stays, and is returned once it has changed.
  struct Live {
    mlir::Value value;
    Bytes bytes;
    bool outlives = false, changed = false;
  };
  /// Who touched a grain of an arena: the number of the last entry of each stream, 0 for none.
  struct Grain {
    Counts written{}, read{};
  };
  struct Signal {
    mlir::Value event;
    Counts covers;
  };

  uint64_t draw(uint64_t limit) { return random() % limit; }
  bool chance(int percent) { return draw(100) < static_cast<uint64_t>(percent); }

  // Places and types.
  int64_t arenaBytes(sched::Space space) { return program.getArenaBytes(space); }
  mlir::RankedTensorType tensor(int64_t bytes);
  std::optional<Bytes> findPlace(sched::Space space, int64_t bytes, llvm::ArrayRef<Bytes> taken);
  mlir::Value slotAt(Bytes bytes);
  void addPersistent();
  Live *pick(llvm::function_ref<bool(const Live &)> isWanted);
  void forget(mlir::Value value);

  // Order.
  llvm::SmallVector<mlir::Value> order(sched::Stream stream, llvm::ArrayRef<Bytes> reads, llvm::ArrayRef<Bytes> writes);
  void waitFor(int stream, int other, int number, llvm::SmallVectorImpl<mlir::Value> &events);
  mlir::Value signal(int stream);
  void note(sched::Stream stream, llvm::ArrayRef<Bytes> reads, llvm::ArrayRef<Bytes> writes);
  sched::Stream anyStream();

  // Steps.
  mlir::StringRef kernelFor(mlir::ValueRange inputs, mlir::ValueRange outputs, llvm::ArrayRef<mlir::Attribute> inPlace);
  sched::LaunchOp launch(sched::Stream stream, mlir::ValueRange inputs, mlir::ValueRange outputs, mlir::Value workspace,
                         mlir::ValueRange after, llvm::ArrayRef<mlir::Attribute> inPlace = {});
  mlir::Value view(mlir::Value operand, int64_t offset, mlir::Type type, mlir::ValueRange indices = {},
                   llvm::ArrayRef<int64_t> strides = {});
  mlir::Value merge(mlir::Value whole, mlir::Value part);
  void addStep();
  void addLaunch();
  void addUpdate();
  void addPartialWrite();
  void addCopy();
  void addObserve();
  void addLoop();
  void addFillingLoop();
  void addSummingLoop();
  void addOffloadingLoop();
  void addReloadingLoop();
  void addReturn();

  std::mt19937_64 random;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  sched::ProgramOp program;
  std::vector<Live> live;
  std::array<std::vector<Grain>, 2> grains;
  Counts entries{};                          // of each stream so far
  std::array<Counts, streamCount> known{};   // what is done when the next entry of a stream begins
  std::array<Counts, streamCount> reached{}; // what is done when the last entry of a stream is
  std::vector<Signal> signals;
  std::vector<mlir::Value> slots;
  int kernels = 0;
};

} // namespace neap::test

#endif
