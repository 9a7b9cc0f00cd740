// What the front end reads, and what it refuses: by name, with the line.
#include "Simulator.h"

#include "neap/runtime/sim/ptx/Error.h"

namespace neap::test {
namespace {

using sim::ptx::decode;

std::string refusal(const std::string &text) {
  try {
    decode(text);
  } catch (const sim::ptx::Error &error) {
    return error.what();
  }
  return "accepted";
}

/// `instruction` stands on line 16 of kernelText.
std::string refusalOf(const std::string &instruction) { return refusal(kernelText("  " + instruction)); }

TEST(ParserTest, ReadsParametersRegistersAndLines) {
  auto module = decode(kernelText("  add.s32 %r1, %r0, 1; // a comment\n/* another\n*/ @%p1 bra END;\nEND:"));
  ASSERT_EQ(module->kernels.size(), 1u);
  const sim::ptx::Kernel &kernel = module->kernels[0];
  EXPECT_EQ(module->target, "sm_80");
  EXPECT_EQ(kernel.name, "k");
  EXPECT_EQ(kernel.parameterBytes, 32u);
  EXPECT_EQ(kernel.parameters[1].address, 8u);
  ASSERT_EQ(kernel.code.size(), 9u);
  EXPECT_EQ(kernel.code[5].line, 16u);
  EXPECT_EQ(module->textOf(16), "add.s32 %r1, %r0, 1; // a comment");
  EXPECT_EQ(kernel.code[6].line, 18u);
  EXPECT_EQ(kernel.code[6].target, 7u);
}

TEST(ParserTest, ParametersAreLaidOutByTheirAlignment) {
  auto module = decode(
      ".version 8.0\n.target sm_80\n.address_size 64\n"
      ".entry k(.param .u8 a, .param .u64 .ptr .global .align 16 b, .param .align 16 .b8 c[24], .param .u32 d) { ret; }");
  const auto &parameters = module->kernels[0].parameters;
  EXPECT_EQ(parameters[1].address, 8u);
  EXPECT_EQ(parameters[2].address, 16u);
  EXPECT_EQ(parameters[3].address, 40u);
  EXPECT_EQ(module->kernels[0].parameterBytes, 44u);
}

TEST(ParserTest, ReadsTheTuningDirectives) {
  auto module =
      decode(".version 8.0\n.target sm_90a\n.address_size 64\n.visible .entry k()\n.maxntid 16, 2, 1\n.reqntid 32\n"
             ".minnctapersm 2\n.maxnreg 64\n{ .pragma \"nounroll\"; ret; }");
  EXPECT_EQ(module->kernels[0].maxThreads, (std::array<uint32_t, 3>{16, 2, 1}));
  EXPECT_EQ(module->kernels[0].requiredThreads, (std::array<uint32_t, 3>{32, 1, 1}));
}

TEST(ParserTest, RefusesDirectivesByName) {
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80\n.tex .u64 t;"), "line 3: unsupported directive '.tex'");
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80, debug"), "line 2: unsupported option 'debug' of .target");
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80\n.address_size 32"),
            "line 3: expected .address_size 64, got another one");
  EXPECT_EQ(refusalOf(".loc 1 2 3;"), "line 16: unsupported directive '.loc'");
  EXPECT_EQ(refusalOf(".pragma \"enable_smem_spilling\";"), "line 16: unsupported .pragma: only \"nounroll\" is known");
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80\n.entry k() .maxclusterrank 2 { ret; }"),
            "line 3: unsupported directive '.maxclusterrank' of a function");
  EXPECT_EQ(refusal(".version 8.0\n"), "line 1: expected the directive .target, got none in the module");
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80\n.extern .global .b32 x;"),
            "line 3: 'x' is external: nothing defines it here");
}

TEST(ParserTest, RefusesInstructionsByName) {
  EXPECT_EQ(refusalOf("foo.b32 %r1, %r2;"), "line 16: unsupported instruction foo.b32");
  EXPECT_EQ(refusalOf("ex2.approx.f32 %r1, %r2;"),
            "line 16: unsupported instruction ex2.approx.f32: its bits are not specified, so nobody can predict them");
  EXPECT_EQ(
      refusalOf("atom.global.add.u32 %r1, [%rd0], %r2;"),
      "line 16: unsupported instruction atom.global.add.u32: the order of atomics is not determined; kernels here are "
      "deterministic without them");
  EXPECT_EQ(refusalOf("red.global.add.f32 [%rd0], %r2;").substr(0, 55),
            "line 16: unsupported instruction red.global.add.f32: th");
  EXPECT_EQ(refusalOf("cp.async.ca.shared.global [%rd0], [%rd1], 16;"),
            "line 16: unsupported instruction cp.async.ca.shared.global: asynchronous copies are not simulated");
  EXPECT_EQ(refusalOf("mul24.lo.s32 %r1, %r2, %r3;"), "line 16: unsupported instruction mul24.lo.s32");
}

TEST(ParserTest, RefusesModifiersByNameAndReason) {
  const std::string approximate = ": its bits are not specified, so nobody can predict them";
  const std::string flushing = ": flushing subnormal numbers gives other bits than IEEE arithmetic";
  EXPECT_EQ(refusalOf("div.approx.f32 %r1, %r2, %r3;"), "line 16: unsupported .approx in div.approx.f32" + approximate);
  EXPECT_EQ(refusalOf("div.full.f32 %r1, %r2, %r3;"), "line 16: unsupported .full in div.full.f32" + approximate);
  EXPECT_EQ(refusalOf("sqrt.approx.ftz.f32 %r1, %r2;"),
            "line 16: unsupported .approx in sqrt.approx.ftz.f32" + approximate);
  EXPECT_EQ(refusalOf("add.rn.ftz.f32 %r1, %r2, %r3;"), "line 16: unsupported .ftz in add.rn.ftz.f32" + flushing);
  EXPECT_EQ(refusalOf("fma.rn.ftz.f32 %r1, %r2, %r3, %r4;"), "line 16: unsupported .ftz in fma.rn.ftz.f32" + flushing);
  EXPECT_EQ(refusalOf("setp.lt.ftz.f32 %p1, %r2, %r3;"), "line 16: unsupported .ftz in setp.lt.ftz.f32" + flushing);
  EXPECT_EQ(refusalOf("fma.rz.f32 %r1, %r2, %r3, %r4;"), "line 16: unsupported .rz in fma.rz.f32");
  EXPECT_EQ(refusalOf("add.sat.s32 %r1, %r2, %r3;"), "line 16: unsupported .sat in add.sat.s32");
  EXPECT_EQ(refusalOf("ld.global.L1::no_allocate.b32 %r1, [%rd0];"),
            "line 16: unsupported .L1::no_allocate in ld.global.L1::no_allocate.b32");
  EXPECT_EQ(refusalOf("ld.acquire.gpu.global.b32 %r1, [%rd0];"),
            "line 16: unsupported .acquire in ld.acquire.gpu.global.b32");
  EXPECT_EQ(refusalOf("bar.red.popc.u32 %r1, 0, %p1;"), "line 16: expected .sync in bar.red.popc.u32");
  EXPECT_EQ(refusalOf("cvt.rna.tf32.f32 %r1, %r2;"), "line 16: unsupported .rna in cvt.rna.tf32.f32");
  EXPECT_EQ(refusalOf("min.xorsign.abs.f32 %r1, %r2, %r3;"), "line 16: unsupported .xorsign in min.xorsign.abs.f32");
  EXPECT_EQ(refusalOf("prmt.b32.f4e %r1, %r2, %r3, %r4;"), "line 16: unsupported .f4e in prmt.b32.f4e");
}

TEST(ParserTest, RefusesArithmeticThatAnAssemblerMayContract) {
  const std::string reason =
      " without .rn: an assembler may join it with another into an fma, so nobody can predict its bits";
  EXPECT_EQ(refusalOf("add.f32 %r1, %r2, %r3;"), "line 16: unsupported add.f32" + reason);
  EXPECT_EQ(refusalOf("mul.f64 %rd1, %rd2, %rd3;"), "line 16: unsupported mul.f64" + reason);
}

TEST(ParserTest, RefusesOperandsThatDoNotFit) {
  EXPECT_EQ(refusalOf("add.s32 %r1, %rd2, %r3;"),
            "line 16: expected a register of type s32 in add.s32, got %rd2 of another width");
  EXPECT_EQ(refusalOf("add.s32 %r1, %r2;"), "line 16: expected 3 operands of add.s32, got 2");
  EXPECT_EQ(refusalOf("add.s32 %r1, %r2, %r32;"), "line 16: expected a register in add.s32, got '%r32'");
  EXPECT_EQ(refusalOf("add.rn.f32 %r1, %r2, 1;"),
            "line 16: expected a floating-point constant in add.rn.f32, got an integer");
  EXPECT_EQ(refusalOf("and.b16 %rs1, %rs2, 65536;"), "line 16: the constant 65536 in and.b16 is too large for b16");
  EXPECT_EQ(refusalOf("mov.u32 %r1, %clock;"), "line 16: unsupported register %clock");
  EXPECT_EQ(refusalOf("bra NOWHERE;"), "line 16: the label 'NOWHERE' is not defined");
  EXPECT_EQ(refusalOf("ld.global.v4.b32 {%r1, %r2}, [%rd0];"),
            "line 16: expected 4 registers for ld.global.v4.b32, got 2");
  EXPECT_EQ(refusalOf("bar.sync 1;"),
            "line 16: unsupported barrier in bar.sync: only barrier 0 of the whole block is simulated");
  EXPECT_EQ(refusalOf("bar.sync 0, 64;"), "line 16: expected 1 operands of bar.sync, got 2");
  EXPECT_EQ(refusalOf("cvt.rn.s32.f32 %r1, %r2;"), "line 16: unsupported rounding or saturation in cvt.rn.s32.f32");
  EXPECT_EQ(refusalOf("cvt.f32.f64 %r1, %rd2;"), "line 16: unsupported rounding or saturation in cvt.f32.f64");
  EXPECT_EQ(refusalOf("st.const.b32 [%rd0], %r1;"), "line 16: unsupported st.const.b32: .const is read-only");
  EXPECT_EQ(refusalOf("setp.equ.s32 %p1, %r1, %r2;"), "line 16: unsupported comparison of integers in setp.equ.s32");
}

TEST(ParserTest, RefusesBrokenText) {
  EXPECT_EQ(refusalOf("add.s32 %r1 %r2;"), "line 16: expected ',', got '%r2'");
  EXPECT_EQ(refusalOf("add.s32 %r1, ?;"), "line 16: unexpected character '?'");
  EXPECT_EQ(refusal(".version 8.0\n.target sm_80\n.entry k() { ret;"), "line 3: expected '}', got the end of the text");
  EXPECT_EQ(refusal("/* no end"), "line 1: the comment that starts here has no end");
  EXPECT_EQ(refusalOf(".reg .b32 %r<4>;"), "line 16: '%r' is declared twice");
  EXPECT_EQ(refusalOf("L: L: ret;"), "line 16: the label 'L' is defined twice");
}

std::string callText(const std::string &function, const std::string &call) {
  return ".version 8.0\n.target sm_80\n.address_size 64\n" + function +
         "\n.visible .entry k()\n{\n.reg .b32 %r<4>;\n{\n" +
         ".param .b32 in;\n.param .b32 out;\nst.param.b32 [in], 1;\n" + call +
         "\nld.param.b32 %r1, [out];\n}\nret;\n}\n";
}

TEST(ParserTest, RefusesCallsThatItCannotInline) {
  const std::string declaration = ".extern .func (.param .b32 r) expf(.param .b32 a);";
  EXPECT_EQ(refusal(callText(declaration, "call.uni (out), expf, (in);")),
            "line 12: call of 'expf', which is not defined here");
  EXPECT_EQ(refusal(callText(declaration, "call.uni (out), logf, (in);")),
            "line 12: unsupported call: expected the name of a function, got 'logf'");
  std::string recursive = ".func (.param .b32 r) f(.param .b32 a) { call.uni (r), f, (a); ret; }";
  EXPECT_EQ(refusal(callText(recursive, "call.uni (out), f, (in);")), "line 4: calls of 'f' nest deeper than 16");
  std::string fine = ".func (.param .b32 r) f(.param .b32 a) { ret; }";
  EXPECT_EQ(refusal(callText(fine, "call.uni (out), f;")),
            "line 12: the call passes another number of values than the function takes");
  EXPECT_EQ(refusal(callText(fine, "call.uni (out), f, (in);")), "accepted");
  // An unresolved symbol that nobody calls does no harm.
  EXPECT_EQ(refusal(callText(declaration + fine, "call.uni (out), f, (in);")), "accepted");
}

TEST(ParserTest, EveryInstructionThatDecodesHasAFunction) {
  // Executable throws std::logic_error otherwise.
  for (const char *type : {"u16", "s16", "u32", "s32", "u64", "s64", "f16", "f16x2", "bf16", "bf16x2", "f32", "f64",
                           "f32x2", "u16x2", "s16x2", "b16", "b32", "b64", "pred"})
    for (const char *root : {"add",     "add.rn",  "sub",      "sub.rn", "mul.lo", "mul.rn", "mul.hi", "mad.lo",
                             "mad.hi",  "fma.rn",  "div",      "div.rn", "rem",    "abs",    "neg",    "min",
                             "max",     "min.NaN", "sad",      "and",    "not",    "cnot",   "shl",    "shr",
                             "sqrt.rn", "rcp.rn",  "copysign", "brev",   "mov",    "add.cc", "addc",   "subc.cc"})
      for (const char *operands : {"X, X", "X, X, X", "X, X, X, X", "X, X, %r1"}) {
        std::string width = std::string(type) == "pred" ? "%p1"
                            : std::string(type).find("x2") != std::string::npos
                                ? (std::string(type) == "f32x2" ? "%rd1" : "%r1")
                            : std::string(type).find("16") != std::string::npos ? "%rs1"
                            : std::string(type).find("32") != std::string::npos ? "%r1"
                                                                                : "%rd1";
        std::string text = std::string(root) + "." + type + " " + operands + ";";
        for (size_t at; (at = text.find('X')) != text.npos;)
          text.replace(at, 1, width);
        std::shared_ptr<const sim::ptx::Module> module;
        try {
          module = decode(kernelText(text));
        } catch (const sim::ptx::Error &) {
          continue;
        }
        Simulator simulator;
        EXPECT_NO_THROW(simulator.load(kernelText(text))) << text;
      }
}

} // namespace
} // namespace neap::test
