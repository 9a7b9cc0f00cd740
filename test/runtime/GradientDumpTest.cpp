// Steps that report the wrong gradients: a bug of the compiler, told as such, and no file appears.
#include "TrainingFixture.h"

#include "neap/runtime/program/Failure.h"
#include "neap/runtime/trainer/GradientDump.h"

#include <filesystem>

namespace neap::test {
namespace {

using namespace runtime;

class GradientDumpTest : public TrainingTest {
protected:
  GradientDumpTest() {
    for (const char *name : {"frozen", "first", "second"}) {
      Parameter &parameter = parameters_.emplace_back();
      parameter.name = name;
      parameter.shape = {2};
      parameter.bytes = 8;
      parameter.trained = parameters_.size() > 1;
    }
  }
  void expectInternal(const std::function<void()> &action, const std::string &message) {
    try {
      action();
      ADD_FAILURE() << "expected: " << message;
    } catch (const Failure &failure) {
      EXPECT_EQ(failure.code(), ExitCode::Internal);
      EXPECT_EQ(failure.what(), message);
    }
  }

  std::vector<Parameter> parameters_;
  const float values_[2] = {1, 2};
};

TEST_F(GradientDumpTest, GradientsMayComeInAnyOrder) {
  GradientDump dump(in("gradients"), parameters_);
  dump.observe(2, values_);
  dump.observe(1, values_);
  dump.commit();
  EXPECT_EQ(readFloats(in("gradients"), "second"), (std::vector<float>{1, 2}));
}

TEST_F(GradientDumpTest, WrongReportsAreBugsOfTheCompiler) {
  GradientDump dump(in("gradients"), parameters_);
  expectInternal([&] { dump.observe(0, values_); }, "the step reports a gradient of parameter 0, which is not trained");
  expectInternal([&] { dump.observe(3, values_); }, "the step reports a gradient of parameter 3, which is not trained");
  dump.observe(1, values_);
  expectInternal([&] { dump.commit(); }, "the step reports no gradient of 'second'");
  EXPECT_FALSE(std::filesystem::exists(in("gradients")));
}

} // namespace
} // namespace neap::test
