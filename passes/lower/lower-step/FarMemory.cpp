// See FarMemory.h.
#include "neap/passes/lower/lower-step/FarMemory.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace neap;
using sched::Role;
using sched::Space;
using sched::Stream;

int64_t lower::getFarBytes(sched::ProgramOp program) {
  return static_cast<int64_t>(llvm::alignTo<farAlignment>(program.getArenaBytes(Space::Far)));
}

static bool isAligned(int64_t offset) { return offset % farAlignment == 0; }

static LogicalResult checkStream(Operation *op, Stream actual, Stream expected) {
  if (actual == expected)
    return success();
  return op->emitOpError("expected stream ") << stringifyStream(expected) << ", got " << stringifyStream(actual);
}

static LogicalResult checkSlot(sched::SlotOp slot) {
  if (slot.getType().getSpace() != Space::Far)
    return success();
  if (slot.getRole() != Role::Activation && slot.getRole() != Role::State) // F1
    return slot.emitOpError("expected an activation or a state in far memory, got: ") << stringifyRole(slot.getRole());
  if (!isAligned(slot.getOffset())) // F1
    return slot.emitOpError("expected a multiple of ")
           << farAlignment << " as its place in far memory, got " << slot.getOffset();
  return success();
}

/// F2
static FailureOr<Stream> getCopyStream(sched::CopyOp copy) {
  Space from = copy.getSource().getType().getSpace(), to = copy.getDestination().getType().getSpace();
  if (from == Space::Far && to == Space::Far)
    return copy.emitOpError("expected one end on the device");
  return to == Space::Far ? Stream::Offload : from == Space::Far ? Stream::Reload : Stream::Compute;
}

/// The first stride by which a place moves that is no multiple of a block's size.
static std::optional<int64_t> findUnalignedStride(const sched::Place &place) {
  for (const sched::Place::Term &term : place.terms)
    if (!isAligned(term.stride))
      return term.stride;
  return std::nullopt;
}

/// F3
static LogicalResult checkBegin(sched::CopyOp copy, const sched::Place &place) {
  if (!isAligned(place.begin))
    return copy.emitOpError("expected multiples of ")
           << farAlignment << " as its places, got " << place.begin << " of " << stringifySpace(place.getSpace())
           << ": disks transfer whole blocks";
  if (auto stride = findUnalignedStride(place))
    return copy.emitOpError("expected its places to move by multiples of ")
           << farAlignment << ", got " << *stride << " in " << stringifySpace(place.getSpace())
           << ": disks transfer whole blocks";
  return success();
}

/// F3 and F4
static LogicalResult checkPlaces(sched::CopyOp copy) {
  for (Value end : {copy.getSource(), copy.getDestination()})
    if (failed(checkBegin(copy, sched::getPlace(end))))
      return failure();
  sched::Place target = sched::getPlace(copy.getDestination());
  int64_t end = target.begin + target.bytes;
  auto slotEnd = static_cast<int64_t>(target.slot.getOffset()) + target.slot.getType().getBytes();
  bool endsWithSlot = target.isFixed() && end == slotEnd; // what moves ends elsewhere in other rounds
  if (target.getSpace() == Space::Far && !isAligned(end) && !endsWithSlot)
    return copy.emitOpError("expected to end at a multiple of ")
           << farAlignment << " or where its slot ends, at " << slotEnd << ", got " << end
           << ": whole blocks are written";
  return success();
}

static LogicalResult checkCopy(sched::CopyOp copy) {
  FailureOr<Stream> stream = getCopyStream(copy);
  if (failed(stream) || failed(checkStream(copy, copy.getStream(), *stream)))
    return failure();
  return *stream == Stream::Compute ? success() : checkPlaces(copy);
}

LogicalResult lower::checkFarMemory(sched::ProgramOp program) {
  WalkResult result = program.walk([](Operation *op) -> WalkResult {
    return TypeSwitch<Operation *, LogicalResult>(op)
        .Case([](sched::SlotOp slot) { return checkSlot(slot); })
        .Case([](sched::CopyOp copy) { return checkCopy(copy); })
        .Case([](sched::LaunchOp launch) { return checkStream(launch, launch.getStream(), Stream::Compute); })
        .Default([](Operation *) { return success(); });
  });
  return failure(result.wasInterrupted());
}
