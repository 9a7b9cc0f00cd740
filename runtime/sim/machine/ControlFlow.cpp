// Basic blocks, and their immediate post-dominators by the iteration of Cooper, Harvey and Kennedy on the reversed
// graph.
#include "neap/runtime/sim/machine/ControlFlow.h"

#include <algorithm>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;

constexpr uint32_t unknown = 0xffffffff;

bool endsBlock(const Instruction &instruction) {
  return instruction.opcode == Opcode::Bra || instruction.opcode == Opcode::BrxIdx ||
         instruction.opcode == Opcode::Exit || instruction.opcode == Opcode::Trap;
}

class Graph {
public:
  explicit Graph(const ptx::Kernel &kernel) : kernel_(kernel) {
    findBlocks();
    for (uint32_t block = 0; block < starts_.size(); ++block)
      connect(block);
    orderFromExit();
  }

  std::vector<uint32_t> meetingPoints() {
    std::vector<uint32_t> next = postDominators(), points(kernel_.code.size(), neverMeet);
    for (uint32_t block = 0; block < starts_.size(); ++block)
      if (next[block] != unknown && next[block] != exit())
        points[endOf(block) - 1] = starts_[next[block]];
    for (size_t i = 0; i < points.size(); ++i)
      if (kernel_.code[i].opcode != Opcode::Bra && kernel_.code[i].opcode != Opcode::BrxIdx)
        points[i] = neverMeet;
    return points;
  }

private:
  /// The node that all exits lead to.
  uint32_t exit() const { return uint32_t(starts_.size()); }
  uint32_t endOf(uint32_t block) const {
    return block + 1 < starts_.size() ? starts_[block + 1] : uint32_t(kernel_.code.size());
  }
  uint32_t blockAt(uint32_t instruction) const {
    return uint32_t(std::upper_bound(starts_.begin(), starts_.end(), instruction) - starts_.begin()) - 1;
  }

  void findBlocks() {
    starts_ = {0};
    for (uint32_t i = 0; i < kernel_.code.size(); ++i) {
      if (!endsBlock(kernel_.code[i]))
        continue;
      if (i + 1 < kernel_.code.size())
        starts_.push_back(i + 1);
      for (uint32_t target : targets(kernel_.code[i]))
        starts_.push_back(target);
    }
    std::sort(starts_.begin(), starts_.end());
    starts_.erase(std::unique(starts_.begin(), starts_.end()), starts_.end());
    successors_.resize(starts_.size());
    predecessors_.resize(starts_.size() + 1);
  }

  std::vector<uint32_t> targets(const Instruction &instruction) const {
    if (instruction.opcode == Opcode::Bra)
      return {instruction.target};
    return instruction.opcode == Opcode::BrxIdx ? kernel_.tables[instruction.target] : std::vector<uint32_t>();
  }

  void connect(uint32_t block) {
    const Instruction &last = kernel_.code[endOf(block) - 1];
    for (uint32_t target : targets(last))
      addEdge(block, blockAt(target));
    if (last.opcode == Opcode::Exit || last.opcode == Opcode::Trap)
      addEdge(block, exit());
    bool fallsThrough = !endsBlock(last) || last.guard.kind != ptx::Operand::Kind::None;
    if (fallsThrough && block + 1 < starts_.size())
      addEdge(block, block + 1);
  }

  void addEdge(uint32_t from, uint32_t to) {
    successors_[from].push_back(to);
    predecessors_[to].push_back(from);
  }

  /// Numbers the nodes in post-order of a walk backwards from the exit; it leaves out nodes that cannot reach it.
  void orderFromExit() {
    number_.assign(starts_.size() + 1, unknown);
    std::vector<bool> seen(starts_.size() + 1);
    std::vector<std::pair<uint32_t, size_t>> stack = {{exit(), 0}};
    seen[exit()] = true;
    while (!stack.empty()) {
      auto &[node, next] = stack.back();
      if (next < predecessors_[node].size()) {
        uint32_t child = predecessors_[node][next++];
        if (!seen[child]) {
          seen[child] = true;
          stack.push_back({child, 0});
        }
      } else {
        number_[node] = uint32_t(order_.size());
        order_.push_back(node);
        stack.pop_back();
      }
    }
  }

  std::vector<uint32_t> postDominators() const {
    std::vector<uint32_t> next(starts_.size() + 1, unknown);
    next[exit()] = exit();
    for (bool changed = true; changed;) {
      changed = false;
      // From the exit on: reversed post-order.
      for (size_t i = order_.size() - 1; i-- > 0;) {
        uint32_t node = order_[i], common = unknown;
        for (uint32_t successor : successors_[node])
          if (next[successor] != unknown)
            common = common == unknown ? successor : intersect(next, common, successor);
        changed |= next[node] != common;
        next[node] = common;
      }
    }
    return next;
  }

  uint32_t intersect(const std::vector<uint32_t> &next, uint32_t a, uint32_t b) const {
    while (a != b) {
      while (number_[a] < number_[b])
        a = next[a];
      while (number_[b] < number_[a])
        b = next[b];
    }
    return a;
  }

  const ptx::Kernel &kernel_;
  /// First instruction of each block.
  std::vector<uint32_t> starts_;
  std::vector<std::vector<uint32_t>> successors_, predecessors_;
  std::vector<uint32_t> order_, number_;
};

} // namespace

std::vector<uint32_t> meetingPoints(const ptx::Kernel &kernel) { return Graph(kernel).meetingPoints(); }

} // namespace neap::sim
