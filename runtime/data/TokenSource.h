// Windows of tokens from a file of 16-bit integers, as llm.c writes them. One window of batch x sequence tokens fills
// the inputs of one step: tokens and labels with the same values (the compiled graph shifts), masks with ones.
#ifndef NEAP_RUNTIME_DATA_TOKENSOURCE_H
#define NEAP_RUNTIME_DATA_TOKENSOURCE_H

#include "neap/runtime/data/DataSource.h"

namespace neap::runtime {

class TokenSource final : public DataSource {
public:
  /// Requires that each input has a role and that the file holds at least one window; tokens behind the last whole
  /// window are dropped.
  TokenSource(const DataOptions &options, const std::vector<Input> &inputs);
  void load(uint64_t step, std::byte *arena) override;

private:
  void checkInputs();
  /// Finds the tokens behind the header, or in the whole file if it is headerless. Returns their number.
  uint64_t locateTokens(bool headerless);
  void readWindow(uint64_t window, const Input &input, std::byte *slot) const;

  files::File file_;
  const std::vector<Input> &inputs_;
  bool shuffle_;
  uint64_t seed_;
  uint64_t tokensBegin_ = 0; // byte in the file
  uint64_t windowTokens_ = 0;
  uint64_t windows_ = 0;
};

} // namespace neap::runtime

#endif
