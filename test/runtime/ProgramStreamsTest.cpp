// Which events are recorded and waited for where, by a driver that writes it down.
#include "neap/runtime/cuda/ProgramStreams.h"
#include "neap/runtime/program/Failure.h"

#include <gtest/gtest.h>

namespace neap::test {
namespace {

using cuda::Result;
using runtime::Manifest;
using runtime::ProgramEntry;
using runtime::StreamId;

/// Streams and events are numbered as they are made.
std::vector<std::string> calls;
uintptr_t streams, events;

std::string number(const void *handle) { return std::to_string(reinterpret_cast<uintptr_t>(handle)); }

Result createStream(cuda::Stream *stream, unsigned) {
  *stream = reinterpret_cast<cuda::Stream>(++streams);
  return Result::Success;
}

Result createEvent(cuda::Event *event, unsigned) {
  *event = reinterpret_cast<cuda::Event>(++events);
  return Result::Success;
}

Result record(cuda::Event event, cuda::Stream stream) {
  calls.push_back("stream " + number(stream) + " records " + number(event));
  return Result::Success;
}

Result wait(cuda::Stream stream, cuda::Event event, unsigned) {
  calls.push_back("stream " + number(stream) + " waits for " + number(event));
  return Result::Success;
}

/// A launch, an offload behind it, a launch behind that, a reload behind all three.
Manifest makeManifest() {
  Manifest manifest;
  manifest.farBytes = 4096;
  manifest.program.resize(4);
  manifest.program[1].stream = StreamId::Offload;
  manifest.program[1].after = {0};
  manifest.program[2].after = {1, 0};
  manifest.program[3].stream = StreamId::Reload;
  manifest.program[3].after = {1, 2};
  return manifest;
}

class ProgramStreamsTest : public testing::Test {
protected:
  ProgramStreamsTest() {
    streams = events = 0;
    calls.clear();
    driver.cuStreamCreate = createStream;
    driver.cuStreamDestroy = [](cuda::Stream) { return --streams, Result::Success; };
    driver.cuEventCreate = createEvent;
    driver.cuEventDestroy = [](cuda::Event) { return --events, Result::Success; };
    driver.cuEventRecord = record;
    driver.cuStreamWaitEvent = wait;
  }

  void runStep(const runtime::ProgramStreams &step) const {
    step.beginStep();
    for (const ProgramEntry &entry : manifest.program) {
      step.beforeEntry(entry);
      calls.push_back("stream " + number(step.of(entry)) + " runs " + std::to_string(&entry - &manifest.program[0]));
      step.afterEntry(entry);
    }
    step.endStep();
  }

  Manifest manifest = makeManifest();
  cuda::Driver driver = {};
};

using Calls = std::vector<std::string>;

// Events 1 to 3 are the beginning of a step and the ends of the two copy streams; 4 to 6 belong to entries 0, 1 and 2.
TEST_F(ProgramStreamsTest, CopiesLieBetweenTheStepsAndWaitForWhatTheySay) {
  {
    runtime::ProgramStreams step(driver, manifest);
    runStep(step);
    EXPECT_EQ(calls,
              (Calls{"stream 1 records 1", "stream 2 waits for 1", "stream 3 waits for 1", // begin
                     "stream 1 runs 0", "stream 1 records 4",                              //
                     "stream 2 waits for 4", "stream 2 runs 1", "stream 2 records 5",      //
                     "stream 1 waits for 5", "stream 1 runs 2", "stream 1 records 6",      //
                     "stream 3 waits for 5", "stream 3 waits for 6", "stream 3 runs 3",    //
                     "stream 2 records 2", "stream 1 waits for 2", "stream 3 records 3", "stream 1 waits for 3"}));
    calls.clear();
    runStep(step);
    EXPECT_EQ(calls.size(), 18u) << "every step is the same";
  }
  EXPECT_EQ(streams, 0u);
  EXPECT_EQ(events, 0u);
}

TEST_F(ProgramStreamsTest, AProgramWithoutFarMemoryHasOneStreamAndNoEvents) {
  manifest.farBytes = 0;
  for (ProgramEntry &entry : manifest.program)
    entry = {};
  runtime::ProgramStreams step(driver, manifest);
  EXPECT_EQ(streams, 1u);
  runStep(step);
  EXPECT_EQ(calls, (Calls{"stream 1 runs 0", "stream 1 runs 1", "stream 1 runs 2", "stream 1 runs 3"}));
}

TEST_F(ProgramStreamsTest, WhatTheDriverRefusesIsNamed) {
  driver.cuGetErrorName = [](Result, const char **name) { return *name = "CUDA_ERROR", Result::Success; };
  driver.cuGetErrorString = [](Result, const char **text) { return *text = "text", Result::Success; };
  runtime::ProgramStreams step(driver, manifest);
  driver.cuStreamWaitEvent = [](cuda::Stream, cuda::Event, unsigned) { return Result::LaunchFailed; };
  try {
    step.beginStep();
    ADD_FAILURE() << "a refused call went by";
  } catch (const runtime::Failure &failure) {
    EXPECT_EQ(std::string(failure.what()).rfind("waiting for an event: ", 0), 0u) << failure.what();
  }
}

} // namespace
} // namespace neap::test
