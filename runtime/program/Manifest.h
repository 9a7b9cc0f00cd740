// The manifest inside a training binary as structs: what lies where in the arena, and the defaults of the compilation.
// docs/design/0001 lists the JSON fields. Parsing checks every offset and size, so the rest of the runtime need not.
#ifndef NEAP_RUNTIME_PROGRAM_MANIFEST_H
#define NEAP_RUNTIME_PROGRAM_MANIFEST_H

#include "neap/runtime/abi/neap_runtime.h"
#include "neap/runtime/program/ElementType.h"
#include "neap/runtime/program/MatrixProduct.h"

#include <optional>

namespace neap::runtime {

/// A tensor in the arena; offset and bytes are bytes.
struct Slot {
  std::string name;
  Type type = Type::F32;
  std::vector<int64_t> shape;
  uint64_t offset = 0;
  uint64_t bytes = 0;

  uint64_t elements() const { return bytes / safetensors::elementBytes(type); }
};

/// What values may be where they index something.
struct IndexRange {
  int64_t minimum = 0;
  int64_t limit = 0; // exclusive
  std::optional<int64_t> ignore;

  bool contains(int64_t value) const { return (value >= minimum && value < limit) || value == ignore; }
};

/// How a token file fills an input.
enum class Role { None, Tokens, Labels, Mask };

struct Input : Slot {
  std::optional<IndexRange> range;
  Role role = Role::None;
};

/// A result of the step that must lie in `range`; its name says what it is, as in "the highest index of node 'x'".
struct BoundedOutput : Slot {
  IndexRange range;
};

struct Parameter : Slot {
  bool trained = false;
};

/// Bytes [source, source + bytes) of the binary's constants belong at `offset` of the arena.
struct Constant {
  uint64_t offset = 0;
  uint64_t bytes = 0;
  uint64_t source = 0;
};

enum class Target { Cpu, Cuda };

enum class Optimizer { AdamW, Sgd };

/// Named as the fields of torch.optim. The learning rate and the clip norm may be absent.
struct Hyperparameters {
  std::optional<double> learningRate;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weightDecay = 0;
  double momentum = 0;
  std::optional<double> clipGradNorm;
};

/// A memory, with offsets of its own.
enum class Space { Device, Far };

/// Bytes of the arena, or of far memory, that the plan has reserved for a value. Others may have the same bytes at other times.
struct ArenaSlot {
  uint64_t offset = 0;
  uint64_t bytes = 0;
  bool aliveBefore = false; ///< when a step begins
  bool aliveAfter = false;  ///< when it has ended
  Space space = Space::Device;
};

/// An operand of a launch or copy: bytes of the arena, or of far memory, in a slot.
struct Operand {
  uint64_t offset = 0;
  uint64_t bytes = 0;
  size_t slot = 0; ///< of Manifest::slots
  Space space = Space::Device;
};

/// Queues whose entries run in order: of launches, of copies to far memory, of copies from there.
enum class StreamId { Compute, Offload, Reload };

/// A kernel of a CUDA program, and how it is launched.
struct DeviceKernel {
  std::string name;
  uint32_t blocks = 0;
  uint32_t blockThreads = 0;
  /// What a library may be asked for instead.
  std::optional<MatrixProduct> product;
};

/// One thing that a step does. A launch has a kernel and operands, the first `inputs` of which are read, the others written;
/// a copy writes its second operand from its first; an observation shows its only operand as a parameter's gradient. It runs
/// behind what comes before it on its stream, and behind the entries of `after`.
struct ProgramEntry {
  enum class Kind { Launch, Copy, Observe };
  Kind kind = Kind::Launch;
  size_t kernel = 0;    ///< of Manifest::kernels
  size_t parameter = 0; ///< of Manifest::parameters
  std::vector<Operand> operands;
  size_t inputs = 0;
  /// A launch's: bytes that a library may use meanwhile; none if it has no product.
  Operand workspace = {};
  StreamId stream = StreamId::Compute;
  std::vector<size_t> after; ///< earlier entries, of other streams
  std::string origin;        ///< names of the model's nodes that it was made from, for messages
};

/// How long the compiler expects a step to take.
struct Expectation {
  double seconds = 0;
  int64_t threads = 0;
  std::string costs; ///< where that is known from
};

struct Manifest {
  std::string name;
  std::string compiler;
  Target target = Target::Cpu;
  uint64_t plannedBytes = 0;
  uint64_t arenaBytes = 0;
  uint64_t farBytes = 0; ///< of far memory; not part of the planned bytes
  uint64_t scratchBytesPerWorker = 0;
  int maxWorkers = 1;
  uint64_t stepBlock = 0;
  Slot loss;
  Slot gradientNorm;
  std::vector<BoundedOutput> boundedOutputs;
  std::vector<Input> inputs;
  std::vector<Parameter> parameters;
  /// Optimizer state: zeros before the first step. In whichever space it is kept.
  std::vector<Operand> states;
  std::vector<Constant> constants;
  /// What a step does, for programs whose step is not a function.
  std::vector<ArenaSlot> slots;
  std::vector<DeviceKernel> kernels;
  /// Ten times the compute capability of the only devices that the program's cubin is for; 0 if it has none.
  uint32_t cubinArchitecture = 0;
  std::vector<ProgramEntry> program;
  uint64_t itemsPerStep = 0;
  std::string item;
  std::optional<Expectation> expected;
  Optimizer optimizer = Optimizer::AdamW;
  Hyperparameters defaults;
};

/// Parses the manifest of `program` and checks it against the program's own sizes.
/// Throws Failure with ExitCode::Internal: a wrong manifest is a damaged binary or a bug of the compiler.
Manifest parseManifest(const neap_program &program);

} // namespace neap::runtime

#endif
