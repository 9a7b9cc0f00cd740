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

/// F3 and F4
static LogicalResult checkPlaces(sched::CopyOp copy) {
  for (Value end : {copy.getSource(), copy.getDestination()})
    if (sched::Place place = sched::getPlace(end); !isAligned(place.begin))
      return copy.emitOpError("expected multiples of ")
             << farAlignment << " as its places, got " << place.begin << " of "
             << stringifySpace(place.getSpace()) << ": disks transfer whole blocks";
  sched::Place target = sched::getPlace(copy.getDestination());
  int64_t end = target.begin + target.bytes;
  auto slotEnd = static_cast<int64_t>(target.slot.getOffset()) + target.slot.getType().getBytes();
  if (target.getSpace() == Space::Far && !isAligned(end) && end != slotEnd)
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
