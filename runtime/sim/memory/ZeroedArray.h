// An array of zeros of any size whose pages cost nothing until they are written.
#ifndef NEAP_RUNTIME_SIM_MEMORY_ZEROEDARRAY_H
#define NEAP_RUNTIME_SIM_MEMORY_ZEROEDARRAY_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace neap::sim {

template <class Element> class ZeroedArray {
  static_assert(std::is_trivial_v<Element>);

public:
  ZeroedArray() = default;
  /// Throws std::bad_alloc.
  explicit ZeroedArray(uint64_t size)
      : data_(static_cast<Element *>(std::calloc(size == 0 ? 1 : size, sizeof(Element)))), size_(size) {
    if (!data_)
      throw std::bad_alloc();
  }

  Element *data() { return data_.get(); }
  const Element *data() const { return data_.get(); }
  Element &operator[](uint64_t i) { return data_.get()[i]; }
  const Element &operator[](uint64_t i) const { return data_.get()[i]; }
  uint64_t size() const { return size_; }

private:
  struct Free {
    void operator()(Element *data) const { std::free(data); }
  };
  std::unique_ptr<Element, Free> data_;
  uint64_t size_ = 0;
};

} // namespace neap::sim

#endif
