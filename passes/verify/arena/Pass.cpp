// Byte-level last-writer replay of a program on one stream.
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/verify/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#include <map>

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_VERIFYARENA
#include "neap/passes/verify/Verify.h.inc"

namespace {
using namespace sched;

/// Who wrote which bytes last.
class ArenaContents {
public:
  void write(int64_t begin, int64_t end, Value value) {
    if (begin == end) // an input without elements
      return;
    cutAt(begin);
    cutAt(end);
    pieces.erase(pieces.lower_bound(begin), pieces.lower_bound(end));
    pieces[begin] = {end, value};
  }

  /// The first byte of a range that holds anything else than `value`; nothing if there is none.
  std::optional<int64_t> findOther(int64_t begin, int64_t end, Value value) {
    cutAt(begin);
    int64_t seen = begin;
    for (auto piece = pieces.find(begin); piece != pieces.end() && seen < end; ++piece) {
      if (piece->first != seen || piece->second.value != value)
        break;
      seen = piece->second.end;
    }
    return seen < end ? std::optional(seen) : std::nullopt;
  }

  bool isEmpty(int64_t begin, int64_t end) {
    if (begin == end)
      return true;
    cutAt(begin);
    auto piece = pieces.lower_bound(begin);
    return piece == pieces.end() || piece->first >= end;
  }

private:
  struct Piece {
    int64_t end;
    Value value;
  };

  /// Splits the piece that contains a byte so that one begins there.
  void cutAt(int64_t byte) {
    auto piece = pieces.upper_bound(byte);
    if (piece == pieces.begin() || (--piece)->second.end <= byte || piece->first == byte)
      return;
    Piece rest = piece->second;
    piece->second.end = byte;
    pieces[byte] = rest;
  }

  std::map<int64_t, Piece> pieces; // by first byte
};

/// The value that put a value's bytes where they are.
Value skipViews(Value value) {
  while (auto view = value.getDefiningOp<ViewOp>())
    value = view.getOperand();
  return value;
}

class Replay {
public:
  LogicalResult run(ProgramOp program) {
    for (Operation &op : program.getBody().front())
      if (failed(step(op)))
        return failure();
    return success();
  }

private:
  LogicalResult step(Operation &op);
  LogicalResult start(SlotOp slot);
  LogicalResult read(Operation &op, ValueRange values);
  void write(Value contents);
  void clobber(Value slot);

  ArenaContents arena;
};

LogicalResult Replay::read(Operation &op, ValueRange values) {
  for (Value value : values) {
    Place place = getPlace(value);
    if (auto byte = arena.findOther(place.begin, place.begin + place.bytes, skipViews(value)))
      return op.emitOpError("expected bytes ") << place.begin << " to " << place.begin + place.bytes
                                               << " to hold the value it uses, but byte " << *byte << " does not";
  }
  return success();
}

void Replay::write(Value contents) {
  Place place = getPlace(contents);
  arena.write(place.begin, place.begin + place.bytes, contents);
}

/// What lies there now is nobody's value.
void Replay::clobber(Value slot) {
  Place place = getPlace(slot);
  arena.write(place.begin, place.begin + place.bytes, Value());
}

LogicalResult Replay::start(SlotOp slot) {
  if (slot.getRole() == Role::Activation || slot.getRole() == Role::Output)
    return success();
  Place place = getPlace(slot);
  if (!arena.isEmpty(place.begin, place.begin + place.bytes))
    return slot.emitOpError("expected bytes of its own, as it holds something when the step begins");
  write(slot);
  return success();
}

LogicalResult Replay::step(Operation &op) {
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](SlotOp slot) { return start(slot); })
      .Case([&](ViewOp) { return success(); })
      .Case([&](LaunchOp launch) {
        if (launch.getStream() != Stream::Compute || failed(read(op, launch.getInputs())))
          return launch.getStream() == Stream::Compute ? failure()
                                                       : LogicalResult(op.emitOpError("expected the compute stream"));
        for (Value result : launch.getResults())
          write(result);
        if (launch.getWorkspace())
          clobber(launch.getWorkspace());
        return success();
      })
      .Case([&](CopyOp copy) {
        if (copy.getStream() != Stream::Compute)
          return LogicalResult(op.emitOpError("expected the compute stream"));
        if (failed(read(op, copy.getSource())))
          return failure();
        write(copy.getResult());
        return success();
      })
      .Case([&](sched::ObserveOp observe) { return read(op, observe.getGradient()); })
      .Case([&](sched::ReturnOp result) { return read(op, result.getKept()); })
      .Default([](Operation *other) { return other->emitOpError("is more than this check understands"); });
}

struct VerifyArena : impl::VerifyArenaBase<VerifyArena> {
  void runOnOperation() override {
    if (failed(Replay().run(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
} // namespace neap
