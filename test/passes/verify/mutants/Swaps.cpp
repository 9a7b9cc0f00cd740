// Which values, where to, and the events. See Swaps.h.
#include "Swaps.h"

#include "mlir/IR/Builders.h"

#include <map>

using namespace mlir;

namespace neap::test {
namespace {

using sched::Space;
using sched::Stream;

/// A value is worth a swap if so many entries do not use it; it is fetched so many entries ahead.
constexpr int64_t leastGap = 12, ahead = 4;

/// A value leaves behind one of its users, or what made it, and is back before the next. Numbers are places in the program.
struct Swap {
  Value value;
  Operation *leave, *fetch, *next;
  int64_t fetchAt, lastAt; // where it is fetched, and where it is used for the last time
};

/// Bytes of the device that one value after the other comes back to.
struct Window {
  int64_t offset, bytes, freeAt;
  Operation *lastUser; // null while nobody has used it
};

class SwapWriter {
public:
  explicit SwapWriter(sched::ProgramOp program) : program(program), builder(program.getContext()) {
    for (Operation &op : program.getBody().front()) {
      places[&op] = static_cast<int64_t>(ops.size());
      ops.push_back(&op);
    }
  }
  void run();

private:
  std::optional<Swap> findSwap(OpResult value);
  Window &findWindow(const Swap &swap);
  Value slotAt(int64_t offset, Space space, RankedTensorType tensor);
  Value signalBehind(Operation *op, Stream stream);
  void write(Swap swap);

  sched::ProgramOp program;
  OpBuilder builder;
  std::vector<Operation *> ops;
  llvm::DenseMap<Operation *, int64_t> places;
  std::vector<Window> windows;
  std::array<int64_t, 2> arenas; // bytes by space
};

/// The longest time for which nobody uses a value, if it is long enough.
std::optional<Swap> SwapWriter::findSwap(OpResult value) {
  if (sched::getPlace(value).slot.getRole() != sched::Role::Activation)
    return std::nullopt;
  std::vector<int64_t> users{places.at(value.getOwner())};
  for (Operation *user : value.getUsers()) {
    if (!isa<sched::LaunchOp, sched::ObserveOp>(user))
      return std::nullopt;
    users.push_back(places.at(user));
  }
  llvm::sort(users);
  std::optional<Swap> best;
  int64_t longest = leastGap;
  for (size_t i = 1; i < users.size(); ++i) {
    Operation *next = ops[users[i]];
    if (users[i] - users[i - 1] <= longest || !isa<sched::LaunchOp>(next))
      continue;
    longest = users[i] - users[i - 1];
    best = Swap{value, ops[users[i - 1]], ops[users[i] - ahead], next, users[i] - ahead, users.back()};
  }
  return best;
}

Value SwapWriter::slotAt(int64_t offset, Space space, RankedTensorType tensor) {
  auto role = sched::RoleAttr::get(builder.getContext(), sched::Role::Activation);
  return sched::SlotOp::create(builder, builder.getUnknownLoc(), sched::SlotType::get(tensor, space), role,
                               FlatSymbolRefAttr(), StringAttr(), ElementsAttr(), builder.getI64IntegerAttr(offset));
}

Value SwapWriter::signalBehind(Operation *op, Stream stream) {
  builder.setInsertionPointAfter(op);
  return sched::SignalOp::create(builder, builder.getUnknownLoc(), stream);
}

/// One that is free again when the value is fetched, or a new one.
Window &SwapWriter::findWindow(const Swap &swap) {
  int64_t bytes = cast<sched::SlotType>(swap.value.getType()).getBytes();
  for (Window &window : windows)
    if (window.bytes >= bytes && window.freeAt < swap.fetchAt)
      return window;
  windows.push_back({arenas[0], bytes, 0, nullptr});
  arenas[0] += bytes;
  return windows.back();
}

void SwapWriter::write(Swap swap) {
  auto type = cast<sched::SlotType>(swap.value.getType());
  Value made = signalBehind(swap.leave, Stream::Compute);
  Value far = slotAt(arenas[1], Space::Far, type.getTensor());
  arenas[1] += type.getBytes();
  auto gone = sched::CopyOp::create(builder, builder.getUnknownLoc(), swap.value, far, Stream::Offload, made);
  SmallVector<Value> after{signalBehind(gone, Stream::Offload)};
  Window &window = findWindow(swap);
  if (window.lastUser)
    after.push_back(signalBehind(window.lastUser, Stream::Compute));
  builder.setInsertionPoint(swap.fetch);
  Value slot = slotAt(window.offset, Space::Device, type.getTensor());
  auto back = sched::CopyOp::create(builder, builder.getUnknownLoc(), gone, slot, Stream::Reload, after);
  cast<sched::LaunchOp>(swap.next).getAfterMutable().append(signalBehind(back, Stream::Reload));
  swap.value.replaceUsesWithIf(back, [&](OpOperand &use) {
    auto place = places.find(use.getOwner());
    return place != places.end() && place->second >= places.at(swap.next);
  });
  window.freeAt = swap.lastAt;
  window.lastUser = ops[swap.lastAt];
}

void SwapWriter::run() {
  std::multimap<int64_t, Swap> swaps; // by when they are fetched
  for (auto launch : program.getBody().getOps<sched::LaunchOp>())
    for (OpResult result : launch.getResults())
      if (auto swap = findSwap(result))
        swaps.emplace(swap->fetchAt, *swap);
  for (size_t space = 0; space < arenas.size(); ++space)
    arenas[space] = program.getArenaBytes(static_cast<Space>(space));
  for (const auto &[fetchAt, swap] : swaps)
    write(swap);
  SmallVector<Attribute> attributes;
  for (size_t space = 0; space < arenas.size(); ++space)
    attributes.push_back(sched::ArenaAttr::get(builder.getContext(), static_cast<Space>(space), arenas[space]));
  program.setArenasAttr(builder.getArrayAttr(attributes));
}

} // namespace

void insertSwaps(sched::ProgramOp program) { SwapWriter(program).run(); }

} // namespace neap::test
