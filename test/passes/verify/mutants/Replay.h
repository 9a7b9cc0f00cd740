// What a program does in one of its legal orders, byte by byte: the judge of the plan verifier. It shares no code with it,
// and has no idea of what is ordered behind what: it draws orders, and looks who wrote last whenever something is read.
#ifndef NEAP_TEST_PASSES_VERIFY_MUTANTS_REPLAY_H
#define NEAP_TEST_PASSES_VERIFY_MUTANTS_REPLAY_H

#include "neap/dialects/sched/Sched.h"

#include <random>

namespace neap::test {

class Replay {
public:
  /// Unrolls the program. Bytes that no range divides are one *unit*.
  explicit Replay(sched::ProgramOp program);

  /// Runs one step in an order drawn from the seed. Says what is read that is not what its SSA value means, or touched
  /// that does not exist; empty if all is right.
  std::string run(uint64_t seed);

private:
  /// Who writes: a slot's contents before the step, or a result of an entry.
  using Writer = int;
  static constexpr Writer nobody = -1;

  struct Bytes {
    sched::Space space;
    int64_t begin, end;
  };
  /// A value of the unrolled program; `writers` has who made each unit.
  struct Meaning {
    Bytes bytes;
    std::vector<Writer> writers;
  };
  struct Result {
    Bytes bytes;
    Writer writer;
  };
  struct Entry {
    mlir::Operation *op;
    int stream;
    std::vector<std::pair<int, size_t>> waits; // streams, and how many of their entries must be done
    std::vector<std::pair<Bytes, int>> reads;  // and the index of the value that is meant
    std::vector<Result> writes;
    std::vector<std::pair<size_t, size_t>> inPlace; // indices of writes and reads
  };
  /// How a value comes to be: `from` are indices of values.
  struct Definition {
    Bytes bytes;
    Writer writer; // of all bytes, if `from` is empty
    std::vector<int> from;
  };
  /// One unit read or written by an entry that is running.
  struct Touch {
    size_t unit;
    bool writes;
    Writer writer; // written, or expected
    size_t index;  // of the read or write of the entry that it is part of
  };
  /// A stream that is running.
  struct Progress {
    size_t done = 0;
    std::vector<Touch> touches; // of the entry that has begun, last first
    bool hasBegun = false;
  };

  // Unrolling.
  void unroll(mlir::Block &block);
  void unroll(mlir::Operation &op);
  void unrollLoop(sched::LoopOp loop);
  void addLaunch(sched::LaunchOp launch);
  void rename(mlir::ValueRange from, mlir::ValueRange to);
  Entry makeEntry(mlir::Operation *op, sched::Stream stream, mlir::ValueRange after);
  void define(mlir::Value value, Definition definition);
  int valueOf(mlir::Value value) const { return values.at(value); }
  Bytes bytesOf(mlir::Value value) const { return definitions[valueOf(value)].bytes; }

  // Units.
  void findUnits();
  void findMeanings();
  std::pair<size_t, size_t> unitsOf(Bytes bytes) const;

  // Running.
  bool mayBegin(const Entry &entry) const;
  void begin(const Entry &entry, Progress &progress);
  void readBeforeWriting(const Entry &entry, size_t write, std::vector<Touch> &touches) const;
  std::string touch(const Entry &entry, const Touch &touch);
  std::string checkEnd() const;
  std::string describe(const Entry &entry) const;

  sched::ProgramOp program;
  llvm::DenseMap<mlir::Value, int> values;
  llvm::DenseMap<mlir::Value, std::pair<int, size_t>> events;
  llvm::DenseMap<mlir::Value, int64_t> indices;
  std::vector<Definition> definitions;
  std::vector<Meaning> meanings; // like `definitions`
  Writer writers = 0;
  std::array<std::vector<Entry>, 4> streams;
  std::vector<std::pair<int, Writer>> initial; // values and their writers
  std::vector<int> kept;                       // values that must be there at the end
  std::string fault;                           // what is wrong in every order

  std::array<std::vector<int64_t>, 2> cuts; // by space: where units begin, and the end of the last
  size_t units = 0;
  std::vector<Writer> memory; // by unit, of device and then far memory
  std::array<Progress, 4> progress;
  std::mt19937_64 random;
};

} // namespace neap::test

#endif
