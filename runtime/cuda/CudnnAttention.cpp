// The graphs are those that the library's documentation gives for its fused attention engines.
#include "neap/runtime/cuda/CudnnAttention.h"

#include <algorithm>

namespace neap::cudnn {

namespace {

using Mode = PointwiseMode;

/// Writes attention's operations; sums, exponentials and differences are fp32, what goes into products has the type of Q.
class AttentionBuilder {
public:
  AttentionBuilder(const Cudnn &library, const AttentionShape &shape) : graph(library), shape(shape) {}

  Graph::Tensor addRows(int64_t rows) {
    Shape dims{shape.batch, shape.heads, rows, shape.headSize};
    return graph.addTensor(dims, denseStrides(dims), shape.type);
  }
  /// The bytes of a rows x headSize tensor, read as its transpose.
  Graph::Tensor addTransposedRows(int64_t rows) {
    Shape strides = denseStrides({shape.batch, shape.heads, rows, shape.headSize});
    std::swap(strides[2], strides[3]);
    return graph.addTensor({shape.batch, shape.heads, shape.headSize, rows}, strides, shape.type);
  }
  /// A number for each query.
  Graph::Tensor addStatistics() {
    Shape dims{shape.batch, shape.heads, shape.queries, 1};
    return graph.addTensor(dims, denseStrides(dims), DataType::F32);
  }

  Graph::Tensor addAccumulator() {
    Shape dims{shape.batch, shape.heads, shape.queries, shape.headSize};
    return graph.addTensor(dims, denseStrides(dims), DataType::F32);
  }

  /// scale Q K', with the mask.
  Graph::Tensor scores(Graph::Tensor q, Graph::Tensor transposedK) {
    Graph::Tensor product = graph.matmul(q, transposedK, DataType::F32);
    Graph::Tensor scaled = graph.pointwise(Mode::Multiply, product, graph.addScalar(DataType::F32), DataType::F32);
    if (!shape.isCausal)
      return scaled;
    Graph::Tensor row = graph.indexAlong(2, scaled), column = graph.indexAlong(3, scaled);
    Graph::Tensor counts = graph.pointwise(Mode::GreaterEqual, row, column, DataType::Bool);
    return graph.select(counts, scaled, graph.addScalar(DataType::F32), DataType::F32);
  }

  Graph graph;
  const AttentionShape &shape;
};

AttentionAnswer ask(const Cudnn &library, const AttentionShape &shape, const Object &device,
                    Graph (*build)(const Cudnn &, const AttentionShape &)) {
  AttentionAnswer answer;
  try {
    answer.engines = build(library, shape).findEngines(device);
    if (answer.engines.empty())
      answer.reason = "no engine for it";
  } catch (const CallFailed &error) {
    if (!isNotSupported(error.status()))
      throw;
    answer.reason = error.what();
  }
  return answer;
}

} // namespace

Graph buildForward(const Cudnn &library, const AttentionShape &shape) {
  AttentionBuilder builder(library, shape);
  Graph &graph = builder.graph;
  Graph::Tensor q = builder.addRows(shape.queries), k = builder.addTransposedRows(shape.keys);
  Graph::Tensor v = builder.addRows(shape.keys), result = builder.addRows(shape.queries);
  Graph::Tensor statistics = builder.addStatistics();
  Graph::Tensor scores = builder.scores(q, k);
  Graph::Tensor maximum = graph.reduce(ReductionOperator::Maximum, scores, DataType::F32);
  Graph::Tensor difference = graph.pointwise(Mode::Subtract, scores, maximum, DataType::F32);
  Graph::Tensor exponentials = graph.pointwise(Mode::Exp, difference, DataType::F32);
  Graph::Tensor sum = graph.reduce(ReductionOperator::Add, exponentials, DataType::F32);
  Graph::Tensor logarithm = graph.pointwise(Mode::Log, sum, DataType::F32);
  graph.keepNext(statistics);
  graph.pointwise(Mode::Add, maximum, logarithm, DataType::F32);
  Graph::Tensor weights = graph.pointwise(Mode::Divide, exponentials, sum, shape.type);
  graph.keepNext(result);
  graph.matmul(weights, v, shape.type);
  return std::move(builder.graph);
}

/// The sum over keys in the gradient of Q: in one product, or added to numbers in memory by whoever comes first.
static Graph buildBackward(const Cudnn &library, const AttentionShape &shape, bool addsInAnyOrder) {
  AttentionBuilder builder(library, shape);
  Graph &graph = builder.graph;
  Graph::Tensor q = builder.addRows(shape.queries), k = builder.addTransposedRows(shape.keys);
  Graph::Tensor v = builder.addTransposedRows(shape.keys), result = builder.addRows(shape.queries);
  Graph::Tensor gradient = builder.addRows(shape.queries), statistics = builder.addStatistics();
  Graph::Tensor gradientQ = builder.addRows(shape.queries), gradientK = builder.addRows(shape.keys);
  Graph::Tensor gradientV = builder.addRows(shape.keys), rowSums = builder.addStatistics();

  Graph::Tensor products = graph.pointwise(Mode::Multiply, gradient, result, DataType::F32);
  Graph::Tensor sums = graph.reduce(ReductionOperator::Add, products, DataType::F32);
  graph.keepNext(rowSums);
  graph.pointwise(Mode::Multiply, sums, graph.addScalar(DataType::F32), DataType::F32);

  Graph::Tensor difference = graph.pointwise(Mode::Subtract, builder.scores(q, k), statistics, DataType::F32);
  Graph::Tensor weights = graph.pointwise(Mode::Exp, difference, DataType::F32);
  Graph::Tensor transposedWeights = graph.transpose(weights, shape.type);
  graph.keepNext(gradientV);
  graph.matmul(transposedWeights, gradient, shape.type);

  Graph::Tensor ofWeights = graph.matmul(gradient, v, DataType::F32);
  Graph::Tensor centred = graph.pointwise(Mode::Subtract, ofWeights, rowSums, DataType::F32);
  Graph::Tensor weighted = graph.pointwise(Mode::Multiply, centred, weights, DataType::F32);
  Graph::Tensor ofScores = graph.pointwise(Mode::Multiply, weighted, graph.addScalar(DataType::F32), DataType::F32);
  Graph::Tensor transposed = graph.transpose(ofScores, shape.type);
  graph.keepNext(gradientK);
  graph.matmul(transposed, q, shape.type);

  Graph::Tensor rowsOfK = graph.transpose(k, shape.type);
  if (!addsInAnyOrder) {
    graph.keepNext(gradientQ);
    graph.matmul(ofScores, rowsOfK, shape.type);
    return std::move(builder.graph);
  }
  Graph::Tensor accumulator = builder.addAccumulator();
  graph.keepNext(accumulator);
  graph.matmul(ofScores, rowsOfK, DataType::F32);
  graph.keepNext(gradientQ);
  graph.pointwise(Mode::Identity, accumulator, shape.type);
  return std::move(builder.graph);
}

Graph buildBackward(const Cudnn &library, const AttentionShape &shape) {
  return buildBackward(library, shape, /*addsInAnyOrder=*/false);
}

Graph buildFastBackward(const Cudnn &library, const AttentionShape &shape) {
  return buildBackward(library, shape, /*addsInAnyOrder=*/true);
}

AttentionAnswer askForward(const Cudnn &library, const AttentionShape &shape, const Object &device) {
  return ask(library, shape, device, buildForward);
}

AttentionAnswer askBackward(const Cudnn &library, const AttentionShape &shape, const Object &device) {
  return ask(library, shape, device, buildBackward);
}

AttentionAnswer askFastBackward(const Cudnn &library, const AttentionShape &shape, const Object &device) {
  return ask(library, shape, device, buildFastBackward);
}

/// The best engine that keeps the rules; fills the obstacle if there is none.
static EngineChoice chooseEngine(const AttentionAnswer &answer, const char *direction, bool mayRound,
                                 int64_t workspaceBytes, std::string &obstacle) {
  if (answer.engines.empty()) {
    obstacle = std::string("cuDNN does not offer the ") + direction + " direction: " + answer.reason;
    return {};
  }
  int64_t least = INT64_MAX;
  for (const EngineChoice &engine : answer.engines) {
    if (engine.isNondeterministic || (engine.usesTensorCores && !mayRound))
      continue;
    if (engine.workspaceBytes <= workspaceBytes)
      return engine;
    least = std::min(least, engine.workspaceBytes);
  }
  obstacle = std::string("cuDNN's engines for the ") + direction + " direction " +
             (least == INT64_MAX ? "round or change from run to run"
                                 : "need " + std::to_string(least) + " bytes of workspace");
  return {};
}

AttentionSupport findSupport(const Cudnn &library, const AttentionShape &shape, const Object &device, bool allowsTf32,
                             int64_t workspaceBytes) {
  bool mayRound = shape.type != DataType::F32 || allowsTf32;
  AttentionSupport support;
  support.forward =
      chooseEngine(askForward(library, shape, device), "forward", mayRound, workspaceBytes, support.obstacle);
  if (support.obstacle.empty())
    support.backward =
        chooseEngine(askBackward(library, shape, device), "backward", mayRound, workspaceBytes, support.obstacle);
  return support;
}

} // namespace neap::cudnn
