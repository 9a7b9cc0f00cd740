// What a neap op tells the passes about itself. Passes ask these questions; none asks which op it has before it.
#ifndef NEAP_DIALECTS_NEAP_INTERFACES_TD
#define NEAP_DIALECTS_NEAP_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::neap";
  let description = [{
    Builds the vector-Jacobian product. `cotangents` has one value per result, null where the loss does not depend on it;
    `gradients` has one slot per operand, left null where the operand has no gradient (indices, masks). What the products
    use of operands and results is what the backward keeps alive: use as little as the formula allows. Gradients of
    operands that nobody wants are dead and disappear; no need to ask.
  }];
  let methods = [
    InterfaceMethod<"", "void", "buildVjp", (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents,
      "::llvm::SmallVectorImpl<::mlir::Value> &":$gradients)>
  ];
}

def Evaluable : OpInterface<"Evaluable"> {
  let cppNamespace = "::neap";
  let description = [{
    Computes the results from the operands on the host: floats in double, integers in 64 bits, plainly. This is the oracle
    of tests and gradient checks, and what folds integer arithmetic. `results` come in with their types set and their
    elements zero; the caller rounds to the element type.
  }];
  let methods = [
    InterfaceMethod<"", "void", "evaluate", (ins "::llvm::ArrayRef<::neap::HostTensor>":$operands,
      "::llvm::MutableArrayRef<::neap::HostTensor>":$results)>
  ];
}

def Decomposable : OpInterface<"Decomposable"> {
  let cppNamespace = "::neap";
  let description = [{
    Writes a compound op in terms of primitive (Fusible) ones: one replacement per result. The memory stage asks for it, when
    nothing needs the compound meaning any more.
  }];
  let methods = [
    InterfaceMethod<"", "::llvm::SmallVector<::mlir::Value>", "decompose", (ins "::mlir::OpBuilder &":$builder)>
  ];
}

def Fusible : OpInterface<"Fusible"> {
  let cppNamespace = "::neap";
  let description = [{
    What a linalg.generic would say of the op: its loops, where each loop point reads its operands and writes its results,
    and what it computes there. The kernel generator builds loop nests from this alone.

    Loops come in the order of the index maps' dimensions. In an indirect map the symbol s0 is the element of the operand
    `getIndirectIndex` at the loop point: gather reads (d0, d1)[s0] -> (s0, d1).
  }];
  let methods = [
    InterfaceMethod<"Sizes and kinds (parallel, reduction) of the loops.", "::neap::IterationSpace", "getIterationSpace">,
    InterfaceMethod<"Loop dimensions to operand indices.", "::mlir::AffineMap", "getOperandMap", (ins "unsigned":$operand)>,
    InterfaceMethod<"Loop dimensions to indices of a result; reduction loops do not occur in it.", "::mlir::AffineMap",
      "getResultMap", (ins "unsigned":$result), [{}], [{
        return ::neap::projectParallelLoops($_op.getIterationSpace(), $_op.getContext());
      }]>,
    InterfaceMethod<"The operand that holds the indices of an indirect access, if there is one.",
      "::std::optional<unsigned>", "getIndirectIndex", (ins), [{}], [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
      Builds the computation at one loop point, for scalars or for vectors of any one width alike. `elements` are the
      operands' elements, without that of the initial operand; a reduction's accumulator or a RandomReader's word comes last.
      `indices` are the loop indices (index type, or vectors of i64 along the vectorised loop), for iota. Must use arith and
      math only, without fast-math flags.
    }], "::mlir::Value", "buildBody", (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$location,
      "::mlir::ValueRange":$elements, "::mlir::ValueRange":$indices)>,
    InterfaceMethod<"What a reduction starts from; null for anything else.", "::mlir::TypedAttr", "getNeutralElement",
      (ins), [{}], [{ return {}; }]>,
    InterfaceMethod<[{
      The operand, the last one, whose elements a reduction starts from in place of the neutral one: a sum goes on from where
      another stopped. It has the result's type and index map.
    }], "::std::optional<unsigned>", "getInitialOperand", (ins), [{}], [{ return ::std::nullopt; }]>,
    InterfaceMethod<"Whether the op only renames elements: its result is its operand seen through an index map.",
      "bool", "isView", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<"Whether the result lies in memory: nobody who reads it computes it on the way.",
      "bool", "mustBeStored", (ins), [{}], [{ return false; }]>
  ];
}

def OwnLoops : OpInterface<"OwnLoops"> {
  let cppNamespace = "::neap";
  let description = [{
    An op that no iteration space describes: it reads whole operands from memory, over loops of its own. The kernel generator
    has a loop nest for each kind of group that such ops make.
  }];
  let methods = [
    InterfaceMethod<"The group that the op makes.", "::neap::GroupKind", "getGroupKind">,
    InterfaceMethod<[{
      Leading dimensions that all results have in common and that the op takes one by one, each from the same part of
      those operands that have it; an operand may have size 1 there, which then is the same for all.
    }], "unsigned", "countBatchDimensions", (ins), [{}], [{ return 0; }]>
  ];
}

def Accumulating : OpInterface<"Accumulating"> {
  let cppNamespace = "::neap";
  let description = [{
    A sum that may be made in parts, each of which goes on from the one before, with the bits of the whole.
  }];
  let methods = [
    InterfaceMethod<"Whether so many equal parts of what is summed, in order, give the bits of the whole.", "bool",
      "canAccumulate", (ins "int64_t":$parts)>,
    InterfaceMethod<"The sum of a part, which goes on from `initial`. `operands` are the part's.", "::mlir::Value",
      "buildPart", (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$operands, "::mlir::Value":$initial)>
  ];
}

def IndexReader : OpInterface<"IndexReader"> {
  let cppNamespace = "::neap";
  let description = [{
    Reads or writes elements whose place is data. Every index must lie in [0, getIndexLimit()) or be the ignored one; whoever
    makes the op answers for it, and neap-bound-indices makes sure before anything is differentiated.
  }];
  let methods = [
    InterfaceMethod<"The operand that holds the indices.", "::mlir::OpOperand &", "getIndexOperand">,
    InterfaceMethod<"Number of places to choose from.", "int64_t", "getIndexLimit">,
    InterfaceMethod<"An index that means no place at all.", "::std::optional<int64_t>", "getIgnoredIndex", (ins), [{}],
      [{ return ::std::nullopt; }]>
  ];
}

def RandomReader : OpInterface<"RandomReader"> {
  let cppNamespace = "::neap";
  let description = [{
    A Fusible op that computes with a random word of 32 bits at each loop point. Whoever makes a kernel of it hands the word to
    `buildBody`; which one it is depends on nothing but the key and the element's place in the whole tensor
    (docs/design/0006-random-numbers.md). The op is therefore pure, and may be computed again.
  }];
  let methods = [
    InterfaceMethod<[{
      The scalars that the word depends on, all ui32: seed_low, seed_high, step, the op's neap.random_id, and, for a part of a
      tensor, how many blocks of four words come before its first.
    }], "::mlir::OperandRange", "getKey">,
    InterfaceMethod<"Loop dimensions to the number of the word.", "::mlir::AffineMap", "getWordMap">
  ];
}

def RandomBlocks : OpInterface<"RandomBlocks"> {
  let cppNamespace = "::neap";
  let description = [{
    An op that draws random words by the place of an element, in blocks of four, so that a run of its rows can be drawn alone with
    the words that it has in the whole (docs/design/0006).
  }];
  let methods = [
    InterfaceMethod<"Blocks that the whole op draws; 0 if it draws none.", "int64_t", "countBlocks">,
    InterfaceMethod<"Whether it is a part already.", "bool", "skipsBlocks">,
    InterfaceMethod<"Makes it a part that so many blocks (a ui32 scalar) come before.", "void", "skipBlocks",
      (ins "::mlir::Value":$blocks)>
  ];
}

def CostModel : OpInterface<"CostModel"> {
  let cppNamespace = "::neap";
  let description = [{
    What one execution costs, alone and unfused. An element that is needed several times counts once: registers and caches
    are the kernel's business. Cost.h says what becomes of this in a fusion group.
  }];
  let methods = [
    InterfaceMethod<"Floating-point operations; a transcendental function counts as one.", "int64_t", "getFlops", (ins), [{}],
      [{ return ::neap::countLoopFlops($_op.getOperation()); }]>,
    InterfaceMethod<"Elements of an operand that are read.", "int64_t", "countElementsRead", (ins "unsigned":$operand), [{}],
      [{ return ::neap::countElements($_op->getOperand(operand).getType()); }]>,
    InterfaceMethod<"Elements of a result that are written.", "int64_t", "countElementsWritten", (ins "unsigned":$result), [{}],
      [{ return ::neap::countElements($_op->getResult(result).getType()); }]>,
    InterfaceMethod<"Bytes of operands read from memory.", "int64_t", "getBytesRead", (ins), [{}], [{
        int64_t bytes = 0;
        for (unsigned operand = 0; operand < $_op->getNumOperands(); ++operand)
          bytes += ::neap::countBytes($_op->getOperand(operand).getType(), $_op.countElementsRead(operand));
        return bytes;
      }]>,
    InterfaceMethod<"Bytes of results written.", "int64_t", "getBytesWritten", (ins), [{}], [{
        int64_t bytes = 0;
        for (unsigned result = 0; result < $_op->getNumResults(); ++result)
          bytes += ::neap::countBytes($_op->getResult(result).getType(), $_op.countElementsWritten(result));
        return bytes;
      }]>,
    InterfaceMethod<"Bytes needed beside operands and results.", "int64_t", "getWorkspaceBytes", (ins), [{}], [{ return 0; }]>
  ];
}

def Precision : OpInterface<"Precision"> {
  let cppNamespace = "::neap";
  let description = "How the op bears fewer bits.";
  let methods = [
    InterfaceMethod<"Whether an operand may come in a 16-bit type.", "bool", "mayLowerOperand", (ins "unsigned":$operand),
      [{}], [{ return !$_op.mustStayFp32(); }]>,
    InterfaceMethod<"Whether computing in 16 bits would lose what the op is for.", "bool", "mustStayFp32", (ins), [{}],
      [{ return false; }]>,
    InterfaceMethod<"The type sums are kept in.", "::mlir::Type", "getAccumulatorType", (ins), [{}],
      [{ return ::mlir::Float32Type::get($_op->getContext()); }]>
  ];
}

def Rematerializable : OpInterface<"Rematerializable"> {
  let cppNamespace = "::neap";
  let description = "Whether the op may be computed again and gives the same bits.";
  let methods = [
    InterfaceMethod<"Pure, or pure given its random counter.", "bool", "isRematerializable", (ins), [{}],
      [{ return ::mlir::isPure($_op.getOperation()); }]>
  ];
}

#endif
