// Integer and bit instructions against plain C++, on edge cases and random operands.
#include "Simulator.h"
#include "Values.h"

#include <algorithm>

namespace neap::test {
namespace {

template <class Result, class A, class B, class Reference>
void expectBinary(const std::string &opcode, const std::vector<A> &a, const std::vector<B> &b, Reference reference) {
  auto pairs = pairsOf(a, b);
  std::vector<Result> got = evaluate<Result>(opcode + " %x, %a, %b;", pairs.first, pairs.second);
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_EQ(got[i], Result(reference(pairs.first[i], pairs.second[i])))
        << opcode << " of " << +pairs.first[i] << " and " << +pairs.second[i];
}

template <class Result, class A, class Reference>
void expectUnary(const std::string &opcode, const std::vector<A> &a, Reference reference) {
  std::vector<Result> got = evaluate<Result>(opcode + " %x, %a;", a);
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_EQ(got[i], Result(reference(a[i]))) << opcode << " of " << +a[i];
}

template <class T> std::string typeName() {
  return std::string(std::is_signed_v<T> ? ".s" : ".u") + std::to_string(8 * sizeof(T));
}

template <class T> class IntegerTest : public testing::Test {};
using Integers = testing::Types<uint16_t, int16_t, uint32_t, int32_t, uint64_t, int64_t>;
TYPED_TEST_SUITE(IntegerTest, Integers);

TYPED_TEST(IntegerTest, SumsAndProductsWrapAround) {
  using T = TypeParam;
  std::vector<T> values = integerValues<T>();
  auto wide = [](T value) { return __int128(value); };
  expectBinary<T>("add" + typeName<T>(), values, values, [&](T a, T b) { return wide(a) + wide(b); });
  expectBinary<T>("sub" + typeName<T>(), values, values, [&](T a, T b) { return wide(a) - wide(b); });
  expectBinary<T>("mul.lo" + typeName<T>(), values, values, [&](T a, T b) { return uint64_t(a) * uint64_t(b); });
}

TYPED_TEST(IntegerTest, MulHiIsTheUpperHalf) {
  using T = TypeParam;
  std::vector<T> values = integerValues<T>();
  expectBinary<T>("mul.hi" + typeName<T>(), values, values, [](T a, T b) {
    if constexpr (std::is_signed_v<T>)
      return __int128(a) * __int128(b) >> 8 * sizeof(T);
    else
      return (unsigned __int128)(a)*b >> 8 * sizeof(T);
  });
}

TYPED_TEST(IntegerTest, DivisionTruncatesAndTheLowestByMinusOneWraps) {
  using T = TypeParam;
  std::vector<T> values = integerValues<T>(), divisors = values;
  std::erase(divisors, T(0));
  expectBinary<T>("div" + typeName<T>(), values, divisors, [](T a, T b) { return __int128(a) / b; });
  expectBinary<T>("rem" + typeName<T>(), values, divisors, [](T a, T b) { return __int128(a) % b; });
}

TYPED_TEST(IntegerTest, MinAndMax) {
  using T = TypeParam;
  std::vector<T> values = integerValues<T>();
  expectBinary<T>("min" + typeName<T>(), values, values, [](T a, T b) { return std::min(a, b); });
  expectBinary<T>("max" + typeName<T>(), values, values, [](T a, T b) { return std::max(a, b); });
}

TYPED_TEST(IntegerTest, MadAndSadAddAThirdOperand) {
  using T = TypeParam;
  auto pairs = pairsOf(integerValues<T>(), integerValues<T>());
  std::vector<T> third(pairs.first.rbegin(), pairs.first.rend());
  auto mad = evaluate<T>("mad.lo" + typeName<T>() + " %x, %a, %b, %c;", pairs.first, pairs.second, third);
  auto high = evaluate<T>("mad.hi" + typeName<T>() + " %x, %a, %b, %c;", pairs.first, pairs.second, third);
  auto sad = evaluate<T>("sad" + typeName<T>() + " %x, %a, %b, %c;", pairs.first, pairs.second, third);
  using Wide = std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
  for (size_t i = 0; i < mad.size(); ++i) {
    T a = pairs.first[i], b = pairs.second[i];
    ASSERT_EQ(mad[i], T(uint64_t(a) * uint64_t(b) + uint64_t(third[i])));
    ASSERT_EQ(high[i], T(uint64_t(Wide(a) * Wide(b) >> 8 * sizeof(T)) + uint64_t(third[i])));
    ASSERT_EQ(sad[i], T(uint64_t(third[i]) + (a < b ? uint64_t(b) - uint64_t(a) : uint64_t(a) - uint64_t(b))));
  }
}

TYPED_TEST(IntegerTest, ShiftsBeyondTheWidthLeaveZerosOrSigns) {
  using T = TypeParam;
  using U = std::make_unsigned_t<T>;
  std::vector<uint32_t> amounts = {0, 1, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 0xffffffff};
  constexpr uint32_t bits = 8 * sizeof(T);
  expectBinary<T>("shr" + typeName<T>(), integerValues<T>(), amounts,
                  [](T a, uint32_t amount) -> T { return amount < bits ? T(a >> amount) : T(a < 0 ? -1 : 0); });
  expectBinary<U>("shl.b" + std::to_string(bits), integerValues<U>(), amounts,
                  [](U a, uint32_t amount) -> U { return amount < bits ? U(a << amount) : U(0); });
}

template <class T> class SignedTest : public testing::Test {};
using Signed = testing::Types<int16_t, int32_t, int64_t>;
TYPED_TEST_SUITE(SignedTest, Signed);

TYPED_TEST(SignedTest, AbsAndNegOfTheLowestIsTheLowest) {
  using T = TypeParam;
  expectUnary<T>("abs" + typeName<T>(), integerValues<T>(), [](T a) { return a < 0 ? -__int128(a) : __int128(a); });
  expectUnary<T>("neg" + typeName<T>(), integerValues<T>(), [](T a) { return -__int128(a); });
}

template <class T> class WideTest : public testing::Test {};
using Narrow = testing::Types<uint16_t, int16_t, uint32_t, int32_t>;
TYPED_TEST_SUITE(WideTest, Narrow);

TYPED_TEST(WideTest, MulWideKeepsAllBits) {
  using T = TypeParam;
  using W = std::conditional_t<sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>,
                               std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>;
  auto pairs = pairsOf(integerValues<T>(), integerValues<T>());
  auto got = evaluate<W>("mul.wide" + typeName<T>() + " %x, %a, %b;", pairs.first, pairs.second);
  std::vector<W> addend(got.size());
  for (size_t i = 0; i < addend.size(); ++i)
    addend[i] = W(i * 0x123456789abcdef);
  auto sums = evaluate<W>("mad.wide" + typeName<T>() + " %x, %a, %b, %c;", pairs.first, pairs.second, addend);
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i], W(W(pairs.first[i]) * W(pairs.second[i])));
    ASSERT_EQ(sums[i], W(uint64_t(got[i]) + uint64_t(addend[i])));
  }
}

template <class T> class BitsTest : public testing::Test {};
using Words = testing::Types<uint32_t, uint64_t>;
TYPED_TEST_SUITE(BitsTest, Words);

template <class T> std::string bitsName() { return ".b" + std::to_string(8 * sizeof(T)); }

TYPED_TEST(BitsTest, LogicAndCounts) {
  using T = TypeParam;
  std::vector<T> values = integerValues<T>();
  expectBinary<T>("and" + bitsName<T>(), values, values, [](T a, T b) { return a & b; });
  expectBinary<T>("or" + bitsName<T>(), values, values, [](T a, T b) { return a | b; });
  expectBinary<T>("xor" + bitsName<T>(), values, values, [](T a, T b) { return a ^ b; });
  expectUnary<T>("not" + bitsName<T>(), values, [](T a) { return ~a; });
  expectUnary<T>("cnot" + bitsName<T>(), values, [](T a) { return a == 0; });
  expectUnary<uint32_t>("popc" + bitsName<T>(), values, [](T a) { return std::popcount(a); });
  expectUnary<uint32_t>("clz" + bitsName<T>(), values, [](T a) { return std::countl_zero(a); });
  expectUnary<T>("brev" + bitsName<T>(), values, [](T a) {
    T reversed = 0;
    for (unsigned i = 0; i < 8 * sizeof(T); ++i)
      reversed |= T(a >> i & 1) << (8 * sizeof(T) - 1 - i);
    return reversed;
  });
}

/// Fields as the definition has them, bit by bit.
TYPED_TEST(BitsTest, FieldsAreExtractedAndInserted) {
  using T = TypeParam;
  using S = std::make_signed_t<T>;
  constexpr unsigned bits = 8 * sizeof(T);
  auto pairs = pairsOf(std::vector<uint32_t>{0, 1, 5, 31, 32, 40, 63, 64, 255, 256},
                       std::vector<uint32_t>{0, 1, 4, 31, 32, 33, 64, 255});
  for (T value : {T(0x89abcdef12345678), T(0x7fffffff80000001), T(-1)}) {
    std::vector<T> values(pairs.first.size(), value), bases(pairs.first.size(), T(0x5555aaaa3333cccc));
    auto zeros = evaluate<T>("bfe.u" + std::to_string(bits) + " %x, %a, %b, %c;", values, pairs.first, pairs.second);
    auto signs = evaluate<S>("bfe.s" + std::to_string(bits) + " %x, %a, %b, %c;", values, pairs.first, pairs.second);
    auto inserted =
        evaluate<T>("bfi" + bitsName<T>() + " %x, %a, %b, %c, %d;", values, bases, pairs.first, pairs.second);
    for (size_t i = 0; i < values.size(); ++i) {
      unsigned position = pairs.first[i] & 255, length = pairs.second[i] & 255;
      bool sign = length > 0 && (value >> std::min(position + length - 1, bits - 1) & 1);
      T zeroExtended = 0, signExtended = 0, filled = bases[i];
      for (unsigned bit = 0; bit < bits; ++bit) {
        bool inside = bit < length && position + bit < bits;
        zeroExtended |= T(inside ? value >> (position + bit) & 1 : 0) << bit;
        signExtended |= T(inside ? value >> (position + bit) & 1 : sign) << bit;
        if (inside)
          filled = (filled & ~(T(1) << (position + bit))) | (value >> bit & 1) << (position + bit);
      }
      ASSERT_EQ(zeros[i], zeroExtended) << position << " " << length;
      ASSERT_EQ(T(signs[i]), signExtended) << position << " " << length;
      ASSERT_EQ(inserted[i], filled) << position << " " << length;
    }
  }
}

TEST(BitsOfWordsTest, FunnelShiftsWrapOrClamp) {
  std::vector<uint32_t> amounts = {0, 1, 7, 31, 32, 33, 40, 64, 0xffffffff}, low(9, 0x89abcdef), high(9, 0x12345678);
  auto run = [&](const std::string &mode) {
    return evaluate<uint32_t>("shf." + mode + ".b32 %x, %a, %b, %c;", low, high, amounts);
  };
  auto leftWrap = run("l.wrap"), leftClamp = run("l.clamp"), rightWrap = run("r.wrap"), rightClamp = run("r.clamp");
  for (size_t i = 0; i < amounts.size(); ++i) {
    uint64_t joined = 0x1234567889abcdef;
    uint32_t wrapped = amounts[i] % 32, clamped = std::min(amounts[i], 32u);
    ASSERT_EQ(leftWrap[i], uint32_t(joined << wrapped >> 32));
    ASSERT_EQ(leftClamp[i], uint32_t(joined << clamped >> 32));
    ASSERT_EQ(rightWrap[i], uint32_t(joined >> wrapped));
    ASSERT_EQ(rightClamp[i], uint32_t(joined >> clamped));
  }
}

TEST(BitsOfWordsTest, PrmtPicksBytesAndCopiesSigns) {
  std::vector<uint32_t> a(5, 0x83828180), b(5, 0x07060504), selector = {0x3210, 0x7654, 0x0123, 0xba98, 0xfedc};
  EXPECT_EQ(evaluate<uint32_t>("prmt.b32 %x, %a, %b, %c;", a, b, selector),
            (std::vector<uint32_t>{0x83828180, 0x07060504, 0x80818283, 0xffffffff, 0}));
}

TEST(BitsOfWordsTest, Lop3IsATruthTable) {
  std::vector<uint32_t> a = {0xf0f0f0f0}, b = {0xcccccccc}, c = {0xaaaaaaaa};
  EXPECT_EQ(evaluate<uint32_t>("lop3.b32 %x, %a, %b, %c, 0x80;", a, b, c)[0], 0x80808080);
  EXPECT_EQ(evaluate<uint32_t>("lop3.b32 %x, %a, %b, %c, 0x96;", a, b, c)[0], 0x96969696);
  EXPECT_EQ(evaluate<uint32_t>("lop3.b32 %x, %a, %b, %c, 0xFE;", a, b, c)[0], 0xfefefefe);
}

TEST(PairsTest, PairsOfSixteenBitsDoNotCarryIntoEachOther) {
  std::vector<uint32_t> a = {0x0001ffff, 0x7fff8000}, b = {0x00010001, 0x00017fff};
  EXPECT_EQ(evaluate<uint32_t>("add.u16x2 %x, %a, %b;", a, b), (std::vector<uint32_t>{0x00020000, 0x8000ffff}));
  EXPECT_EQ(evaluate<uint32_t>("min.s16x2 %x, %a, %b;", a, b), (std::vector<uint32_t>{0x0001ffff, 0x00018000}));
  EXPECT_EQ(evaluate<uint32_t>("max.u16x2 %x, %a, %b;", a, b), (std::vector<uint32_t>{0x0001ffff, 0x7fff8000}));
}

TEST(CarryTest, CarriesAndBorrowsChain) {
  std::vector<uint64_t> a = {~uint64_t(0), 5, 0, 0x8000000000000000}, b = {1, 7, 0, 0x8000000000000000},
                        high = {10, 20, 30, ~uint64_t(0)};
  auto sums = evaluate<uint64_t>("{ .reg .b64 %low; add.cc.u64 %low, %a, %b; addc.u64 %x, %c, 0; }", a, b, high);
  EXPECT_EQ(sums, (std::vector<uint64_t>{11, 20, 30, 0}));
  auto differences =
      evaluate<uint64_t>("{ .reg .b64 %low; sub.cc.u64 %low, %a, %b; subc.cc.u64 %x, %c, 0; }", a, b, high);
  EXPECT_EQ(differences, (std::vector<uint64_t>{10, 19, 30, ~uint64_t(0)}));
}

TEST(MoveTest, PacksAndUnpacks) {
  std::vector<uint16_t> low = {0x1234, 0xffff}, high = {0xabcd, 0};
  EXPECT_EQ(evaluate<uint32_t>("mov.b32 %x, {%a, %b};", low, high), (std::vector<uint32_t>{0xabcd1234, 0x0000ffff}));
  std::vector<uint64_t> wide = {0x0123456789abcdef};
  EXPECT_EQ(evaluate<uint32_t>("mov.b64 {%x, _}, %a;", wide)[0], 0x89abcdef);
  EXPECT_EQ(evaluate<uint32_t>("mov.b64 {_, %x}, %a;", wide)[0], 0x01234567);
  EXPECT_EQ(evaluate<uint16_t>("{ .reg .b16 %y; mov.b64 {_, %y, %x, _}, %a; }", wide)[0], 0x4567);
}

TEST(SelectTest, SelpSlctAndPredicates) {
  std::vector<int32_t> a = {1, 2, 3, 4}, b = {10, 20, 30, 40}, c = {-1, 0, 1, std::numeric_limits<int32_t>::min()};
  EXPECT_EQ(evaluate<int32_t>("setp.lt.s32 %p, %c, 0; selp.b32 %x, %a, %b, %p;", a, b, c),
            (std::vector<int32_t>{1, 20, 30, 4}));
  EXPECT_EQ(evaluate<int32_t>("slct.s32.s32 %x, %a, %b, %c;", a, b, c), (std::vector<int32_t>{10, 2, 3, 40}));
  EXPECT_EQ(evaluate<int32_t>("setp.lt.s32 %p|%q, %c, 0; selp.b32 %x, %a, %b, %q;", a, b, c),
            (std::vector<int32_t>{10, 2, 3, 40}));
  EXPECT_EQ(
      evaluate<int32_t>("setp.lt.s32 %p, %c, 0; setp.gt.or.s32 %q, %a, 3, !%p; not.pred %p, %q; selp.b32 %x, 1, 0, %p;",
                        a, b, c),
      (std::vector<int32_t>{1, 0, 0, 0}));
  EXPECT_EQ(
      evaluate<int32_t>("mov.b32 %x, %a; setp.eq.s32 %p, %c, 0; @%p mov.b32 %x, %b; @!%p add.s32 %x, %x, 5;", a, b, c),
      (std::vector<int32_t>{6, 20, 8, 9}));
  EXPECT_EQ(evaluate<uint32_t>("set.gt.u32.s32 %x, %c, %a; ", a, b, c), (std::vector<uint32_t>{0, 0, 0, 0}));
  EXPECT_EQ(evaluate<uint32_t>("set.le.u32.s32 %x, %c, %a; ", a, b, c), (std::vector<uint32_t>(4, 0xffffffff)));
}

template <class T> void expectComparisons() {
  auto pairs = pairsOf(integerValues<T>(), integerValues<T>());
  auto run = [&](const std::string &compare) {
    return evaluate<uint32_t>("setp." + compare + typeName<T>() + " %p, %a, %b; selp.b32 %x, 1, 0, %p;", pairs.first,
                              pairs.second);
  };
  auto eq = run("eq"), ne = run("ne"), lt = run("lt"), le = run("le"), gt = run("gt"), ge = run("ge");
  for (size_t i = 0; i < eq.size(); ++i) {
    T a = pairs.first[i], b = pairs.second[i];
    ASSERT_EQ(eq[i], a == b);
    ASSERT_EQ(ne[i], a != b);
    ASSERT_EQ(lt[i], a < b);
    ASSERT_EQ(le[i], a <= b);
    ASSERT_EQ(gt[i], a > b);
    ASSERT_EQ(ge[i], a >= b);
  }
}

TYPED_TEST(IntegerTest, Comparisons) { expectComparisons<TypeParam>(); }

} // namespace
} // namespace neap::test
