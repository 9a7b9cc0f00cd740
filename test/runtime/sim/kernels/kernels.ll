; Kernels of the kinds that a training step has. Compiled at test time, for each architecture.
;   vector_add   c = a + b, four elements a thread
;   softmax      of rows, one block of 128 threads each; exp stands for its Taylor polynomial of degree 3
;   matmul       c = a * b through tiles in shared memory, blocks of 16 x 16 threads
;   column_sum   of a matrix, one thread a column
;   transpose    of a matrix through tiles in shared memory, blocks of 32 x 8 threads
;   prefix_sum   by one block of 256 threads: within warps, over the warps, and with a carry from piece to piece
;   gather       rows of bf16 by their indices, widened to f32
;   halve        half of each element, narrowed to bf16
target triple = "nvptx64"

@warps = addrspace(3) global [4 x float] zeroinitializer, align 4
@total = addrspace(3) global float 0.000000e+00, align 4
@ta = addrspace(3) global [16 x [16 x float]] zeroinitializer, align 4
@tb = addrspace(3) global [16 x [17 x float]] zeroinitializer, align 4

define ptx_kernel void @vector_add(ptr addrspace(1) readonly %a, ptr addrspace(1) noalias readonly %b, ptr addrspace(1) writeonly %c, i32 %n) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %mul = mul nuw nsw i32 %0, %1
  %2 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %add = add nuw nsw i32 %mul, %2
  %cmp = icmp slt i32 %add, %n
  br i1 %cmp, label %if.then, label %if.end

if.then:
  %idxprom = zext nneg i32 %add to i64
  %arrayidx5 = getelementptr inbounds nuw <4 x float>, ptr addrspace(1) %c, i64 %idxprom
  %arrayidx2 = getelementptr inbounds nuw <4 x float>, ptr addrspace(1) %b, i64 %idxprom
  %arrayidx = getelementptr inbounds nuw <4 x float>, ptr addrspace(1) %a, i64 %idxprom
  %3 = load <4 x float>, ptr addrspace(1) %arrayidx, align 16
  %4 = load <4 x float>, ptr addrspace(1) %arrayidx2, align 16
  %add3 = fadd <4 x float> %3, %4
  store <4 x float> %add3, ptr addrspace(1) %arrayidx5, align 16
  br label %if.end

if.end:
  ret void
}

declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()

declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()

define ptx_kernel void @softmax(ptr addrspace(1) readonly %x, ptr addrspace(1) writeonly %y, i32 %columns) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %conv = zext nneg i32 %1 to i64
  %conv1 = sext i32 %columns to i64
  %mul = mul nsw i64 %conv1, %conv
  %add.ptr = getelementptr inbounds float, ptr addrspace(1) %x, i64 %mul
  %add.ptr5 = getelementptr inbounds float, ptr addrspace(1) %y, i64 %mul
  %cmp104 = icmp slt i32 %0, %columns
  br i1 %cmp104, label %for.body, label %for.body9.preheader

for.body9.preheader:
  %m.1107.ph = phi float [ 0xFFF0000000000000, %entry ], [ %elt.max, %for.body ]
  br label %for.body9

for.body:
  %i.0106 = phi i32 [ %add, %for.body ], [ %0, %entry ]
  %m.0105 = phi float [ %elt.max, %for.body ], [ 0xFFF0000000000000, %entry ]
  %idxprom = zext nneg i32 %i.0106 to i64
  %arrayidx = getelementptr inbounds nuw float, ptr addrspace(1) %add.ptr, i64 %idxprom
  %2 = load float, ptr addrspace(1) %arrayidx, align 4
  %elt.max = call float @llvm.maxnum.f32(float %m.0105, float %2)
  %add = add nuw nsw i32 %i.0106, 128
  %cmp = icmp slt i32 %add, %columns
  br i1 %cmp, label %for.body, label %for.body9.preheader

for.cond.cleanup8:
  %and = and i32 %0, 31
  %cmp13 = icmp eq i32 %and, 0
  br i1 %cmp13, label %if.then, label %if.end

for.body9:
  %s.0108 = phi i32 [ %shr, %for.body9 ], [ 16, %for.body9.preheader ]
  %m.1107 = phi float [ %elt.max10, %for.body9 ], [ %m.1107.ph, %for.body9.preheader ]
  %3 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %m.1107, i32 %s.0108, i32 31)
  %elt.max10 = call float @llvm.maxnum.f32(float %m.1107, float %3)
  %shr = lshr i32 %s.0108, 1
  %tobool.not = icmp eq i32 %shr, 0
  br i1 %tobool.not, label %for.cond.cleanup8, label %for.body9

if.then:
  %shr15 = lshr exact i32 %0, 5
  %idxprom16 = zext nneg i32 %shr15 to i64
  %arrayidx17 = getelementptr inbounds nuw float, ptr addrspace(3) @warps, i64 %idxprom16
  store float %elt.max10, ptr addrspace(3) %arrayidx17, align 4
  br label %if.end

if.end:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  %4 = load float, ptr addrspace(3) @warps, align 4
  %5 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 4), align 4
  %elt.max18 = call float @llvm.maxnum.f32(float %4, float %5)
  %6 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 8), align 4
  %7 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 12), align 4
  %elt.max19 = call float @llvm.maxnum.f32(float %6, float %7)
  %elt.max20 = call float @llvm.maxnum.f32(float %elt.max18, float %elt.max19)
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  br i1 %cmp104, label %for.body26, label %for.body37.preheader

for.body37.preheader:
  %sum.1113.ph = phi float [ 0.000000e+00, %if.end ], [ %add29, %for.body26 ]
  br label %for.body37

for.body26:
  %i21.0111 = phi i32 [ %add31, %for.body26 ], [ %0, %if.end ]
  %sum.0110 = phi float [ %add29, %for.body26 ], [ 0.000000e+00, %if.end ]
  %idxprom27 = zext nneg i32 %i21.0111 to i64
  %arrayidx28 = getelementptr inbounds nuw float, ptr addrspace(1) %add.ptr, i64 %idxprom27
  %8 = load float, ptr addrspace(1) %arrayidx28, align 4
  %sub = fsub float %8, %elt.max20
  %9 = call float @llvm.fma.f32(float %sub, float 0x3FC5555560000000, float 5.000000e-01)
  %10 = call float @llvm.fma.f32(float %9, float %sub, float 1.000000e+00)
  %11 = call float @llvm.fma.f32(float %10, float %sub, float 1.000000e+00)
  %add29 = fadd float %sum.0110, %11
  %add31 = add nuw nsw i32 %i21.0111, 128
  %cmp23 = icmp slt i32 %add31, %columns
  br i1 %cmp23, label %for.body26, label %for.body37.preheader

for.cond.cleanup36:
  br i1 %cmp13, label %if.then45, label %if.end49

for.body37:
  %s33.0114 = phi i32 [ %shr40, %for.body37 ], [ 16, %for.body37.preheader ]
  %sum.1113 = phi float [ %add38, %for.body37 ], [ %sum.1113.ph, %for.body37.preheader ]
  %12 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %sum.1113, i32 %s33.0114, i32 31)
  %add38 = fadd float %sum.1113, %12
  %shr40 = lshr i32 %s33.0114, 1
  %tobool35.not = icmp eq i32 %shr40, 0
  br i1 %tobool35.not, label %for.cond.cleanup36, label %for.body37

if.then45:
  %shr46 = lshr exact i32 %0, 5
  %idxprom47 = zext nneg i32 %shr46 to i64
  %arrayidx48 = getelementptr inbounds nuw float, ptr addrspace(3) @warps, i64 %idxprom47
  store float %add38, ptr addrspace(3) %arrayidx48, align 4
  br label %if.end49

if.end49:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  %cmp50 = icmp eq i32 %0, 0
  br i1 %cmp50, label %if.then52, label %if.end56

if.then52:
  %13 = load float, ptr addrspace(3) @warps, align 4
  %14 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 4), align 4
  %add53 = fadd float %13, %14
  %15 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 8), align 4
  %16 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @warps, i64 12), align 4
  %add54 = fadd float %15, %16
  %add55 = fadd float %add53, %add54
  store float %add55, ptr addrspace(3) @total, align 4
  br label %if.end56

if.end56:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  br i1 %cmp104, label %for.body62.lr.ph, label %for.cond.cleanup61

for.body62.lr.ph:
  %17 = load float, ptr addrspace(3) @total, align 4
  br label %for.body62

for.cond.cleanup61:
  ret void

for.body62:
  %i57.0116 = phi i32 [ %0, %for.body62.lr.ph ], [ %add70, %for.body62 ]
  %idxprom63 = zext nneg i32 %i57.0116 to i64
  %arrayidx64 = getelementptr inbounds nuw float, ptr addrspace(1) %add.ptr, i64 %idxprom63
  %18 = load float, ptr addrspace(1) %arrayidx64, align 4
  %sub65 = fsub float %18, %elt.max20
  %19 = call float @llvm.fma.f32(float %sub65, float 0x3FC5555560000000, float 5.000000e-01)
  %20 = call float @llvm.fma.f32(float %19, float %sub65, float 1.000000e+00)
  %21 = call float @llvm.fma.f32(float %20, float %sub65, float 1.000000e+00)
  %div = fdiv float %21, %17
  %arrayidx68 = getelementptr inbounds nuw float, ptr addrspace(1) %add.ptr5, i64 %idxprom63
  store float %div, ptr addrspace(1) %arrayidx68, align 4
  %add70 = add nuw nsw i32 %i57.0116, 128
  %cmp59 = icmp slt i32 %add70, %columns
  br i1 %cmp59, label %for.body62, label %for.cond.cleanup61
}

declare float @llvm.maxnum.f32(float, float)

declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)

declare void @llvm.nvvm.barrier.cta.sync.all(i32)

define ptx_kernel void @matmul(ptr addrspace(1) readonly %a, ptr addrspace(1) readonly %b, ptr addrspace(1) writeonly %c, i32 %m, i32 %n, i32 %k) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.tid.y()
  %2 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
  %mul = shl nuw nsw i32 %2, 4
  %add = add nuw nsw i32 %mul, %1
  %3 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %mul1 = shl nsw i32 %3, 4
  %add2 = add nuw nsw i32 %mul1, %0
  %cmp99 = icmp sgt i32 %k, 0
  br i1 %cmp99, label %for.body.lr.ph, label %for.cond.cleanup

for.body.lr.ph:
  %cmp3 = icmp slt i32 %add, %m
  %conv = zext nneg i32 %add to i64
  %conv6 = zext nneg i32 %k to i64
  %mul7 = mul nuw nsw i64 %conv6, %conv
  %conv10 = zext nneg i32 %0 to i64
  %4 = getelementptr float, ptr addrspace(1) %a, i64 %mul7
  %invariant.gep102 = getelementptr float, ptr addrspace(1) %4, i64 %conv10
  %idxprom = zext nneg i32 %1 to i64
  %arrayidx12 = getelementptr inbounds nuw [16 x float], ptr addrspace(3) @ta, i64 %idxprom
  %arrayidx14 = getelementptr inbounds nuw float, ptr addrspace(3) %arrayidx12, i64 %conv10
  %cmp19 = icmp slt i32 %add2, %n
  %conv24 = zext nneg i32 %n to i64
  %conv26 = zext nneg i32 %add2 to i64
  %invariant.gep104 = getelementptr inbounds nuw float, ptr addrspace(1) %b, i64 %conv26
  %arrayidx33 = getelementptr inbounds nuw [17 x float], ptr addrspace(3) @tb, i64 %idxprom
  %arrayidx35 = getelementptr inbounds nuw float, ptr addrspace(3) %arrayidx33, i64 %conv10
  %invariant.gep = getelementptr inbounds nuw float, ptr addrspace(3) @tb, i64 %conv10
  br label %for.body

for.cond.cleanup:
  %acc.0.lcssa = phi float [ 0.000000e+00, %entry ], [ %9, %for.cond.cleanup39 ]
  %cmp52 = icmp slt i32 %add, %m
  %cmp55 = icmp slt i32 %add2, %n
  %or.cond96 = select i1 %cmp52, i1 %cmp55, i1 false
  br i1 %or.cond96, label %if.then, label %if.end

for.body:
  %k0.0101 = phi i32 [ 0, %for.body.lr.ph ], [ %add50, %for.cond.cleanup39 ]
  %acc.0100 = phi float [ 0.000000e+00, %for.body.lr.ph ], [ %9, %for.cond.cleanup39 ]
  %add4 = add nuw nsw i32 %k0.0101, %0
  %cmp5 = icmp slt i32 %add4, %k
  %or.cond = select i1 %cmp3, i1 %cmp5, i1 false
  br i1 %or.cond, label %cond.true, label %cond.end

cond.true:
  %conv8 = zext nneg i32 %k0.0101 to i64
  %gep103 = getelementptr float, ptr addrspace(1) %invariant.gep102, i64 %conv8
  %5 = load float, ptr addrspace(1) %gep103, align 4
  br label %cond.end

cond.end:
  %cond = phi float [ %5, %cond.true ], [ 0.000000e+00, %for.body ]
  store float %cond, ptr addrspace(3) %arrayidx14, align 4
  %add15 = add nuw nsw i32 %k0.0101, %1
  %cmp16 = icmp slt i32 %add15, %k
  %or.cond95 = select i1 %cmp16, i1 %cmp19, i1 false
  br i1 %or.cond95, label %cond.true21, label %cond.end30

cond.true21:
  %conv23 = zext nneg i32 %add15 to i64
  %mul25 = mul nuw nsw i64 %conv23, %conv24
  %gep105 = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep104, i64 %mul25
  %6 = load float, ptr addrspace(1) %gep105, align 4
  br label %cond.end30

cond.end30:
  %cond31 = phi float [ %6, %cond.true21 ], [ 0.000000e+00, %cond.end ]
  store float %cond31, ptr addrspace(3) %arrayidx35, align 4
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  br label %for.body40

for.cond.cleanup39:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  %add50 = add nuw nsw i32 %k0.0101, 16
  %cmp = icmp slt i32 %add50, %k
  br i1 %cmp, label %for.body, label %for.cond.cleanup

for.body40:
  %i.098 = phi i32 [ 0, %cond.end30 ], [ %inc, %for.body40 ]
  %acc.197 = phi float [ %acc.0100, %cond.end30 ], [ %9, %for.body40 ]
  %idxprom43 = zext nneg i32 %i.098 to i64
  %arrayidx44 = getelementptr inbounds nuw float, ptr addrspace(3) %arrayidx12, i64 %idxprom43
  %7 = load float, ptr addrspace(3) %arrayidx44, align 4
  %gep = getelementptr inbounds nuw [17 x float], ptr addrspace(3) %invariant.gep, i64 %idxprom43
  %8 = load float, ptr addrspace(3) %gep, align 4
  %9 = call float @llvm.fma.f32(float %7, float %8, float %acc.197)
  %inc = add nuw nsw i32 %i.098, 1
  %exitcond.not = icmp eq i32 %inc, 16
  br i1 %exitcond.not, label %for.cond.cleanup39, label %for.body40

if.then:
  %conv57 = zext nneg i32 %add to i64
  %conv58 = zext nneg i32 %n to i64
  %mul59 = mul nuw nsw i64 %conv58, %conv57
  %10 = getelementptr inbounds nuw float, ptr addrspace(1) %c, i64 %mul59
  %conv60 = zext nneg i32 %add2 to i64
  %arrayidx62 = getelementptr inbounds nuw float, ptr addrspace(1) %10, i64 %conv60
  store float %acc.0.lcssa, ptr addrspace(1) %arrayidx62, align 4
  br label %if.end

if.end:
  ret void
}

declare i32 @llvm.nvvm.read.ptx.sreg.tid.y()

declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()

declare float @llvm.fma.f32(float, float, float)

define ptx_kernel void @column_sum(ptr addrspace(1) readonly %x, ptr addrspace(1) writeonly %y, i32 %rows, i32 %columns) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %mul = mul nuw nsw i32 %0, %1
  %2 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %add = add nuw nsw i32 %mul, %2
  %cmp.not = icmp slt i32 %add, %columns
  br i1 %cmp.not, label %for.cond.preheader, label %cleanup

for.cond.preheader:
  %cmp114 = icmp sgt i32 %rows, 0
  br i1 %cmp114, label %for.body.lr.ph, label %for.cond.preheader.for.cond.cleanup_crit_edge

for.cond.preheader.for.cond.cleanup_crit_edge:
  %.pre = zext nneg i32 %add to i64
  br label %for.cond.cleanup

for.body.lr.ph:
  %conv2 = zext nneg i32 %columns to i64
  %conv4 = zext nneg i32 %add to i64
  %invariant.gep = getelementptr inbounds nuw float, ptr addrspace(1) %x, i64 %conv4
  br label %for.body

for.cond.cleanup:
  %idxprom.pre-phi = phi i64 [ %.pre, %for.cond.preheader.for.cond.cleanup_crit_edge ], [ %conv4, %for.body ]
  %s.0.lcssa = phi float [ 0.000000e+00, %for.cond.preheader.for.cond.cleanup_crit_edge ], [ %add6, %for.body ]
  %arrayidx7 = getelementptr inbounds nuw float, ptr addrspace(1) %y, i64 %idxprom.pre-phi
  store float %s.0.lcssa, ptr addrspace(1) %arrayidx7, align 4
  br label %cleanup

for.body:
  %r.016 = phi i32 [ 0, %for.body.lr.ph ], [ %inc, %for.body ]
  %s.015 = phi float [ 0.000000e+00, %for.body.lr.ph ], [ %add6, %for.body ]
  %conv = zext nneg i32 %r.016 to i64
  %mul3 = mul nuw nsw i64 %conv, %conv2
  %gep = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep, i64 %mul3
  %3 = load float, ptr addrspace(1) %gep, align 4
  %add6 = fadd float %s.015, %3
  %inc = add nuw nsw i32 %r.016, 1
  %exitcond.not = icmp eq i32 %inc, %rows
  br i1 %exitcond.not, label %for.cond.cleanup, label %for.body

cleanup:
  ret void
}

@tile = addrspace(3) global [32 x [33 x float]] zeroinitializer, align 4
@sums = addrspace(3) global [8 x float] zeroinitializer, align 4

define ptx_kernel void @transpose(ptr addrspace(1) readonly %x, ptr addrspace(1) writeonly %y, i32 %rows, i32 %columns) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.tid.y()
  %2 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %mul = shl nsw i32 %2, 5
  %3 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
  %mul1 = shl nuw nsw i32 %3, 5
  %add = add nuw nsw i32 %mul1, %1
  %add4 = add nuw nsw i32 %mul, %0
  %cmp5 = icmp slt i32 %add4, %columns
  %conv8 = zext nneg i32 %columns to i64
  %conv10 = zext nneg i32 %mul to i64
  %conv12 = zext nneg i32 %0 to i64
  %invariant.gep = getelementptr inbounds nuw float, ptr addrspace(1) %x, i64 %conv10
  %invariant.gep83 = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep, i64 %conv12
  %invariant.gep85 = getelementptr inbounds nuw float, ptr addrspace(3) @tile, i64 %conv12
  br label %for.body

for.cond.cleanup:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  %add25 = add nuw nsw i32 %mul, %1
  %add30 = add nuw nsw i32 %mul1, %0
  %cmp31 = icmp slt i32 %add30, %rows
  %arrayidx35 = getelementptr inbounds nuw [33 x float], ptr addrspace(3) @tile, i64 %conv12
  %conv42 = zext nneg i32 %rows to i64
  %conv44 = zext nneg i32 %mul1 to i64
  %invariant.gep87 = getelementptr inbounds nuw float, ptr addrspace(1) %y, i64 %conv44
  %invariant.gep89 = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep87, i64 %conv12
  br label %for.body24

for.body:
  %i.082 = phi i32 [ 0, %entry ], [ %add18, %for.inc ]
  %add2 = add nuw nsw i32 %add, %i.082
  %cmp3 = icmp slt i32 %add2, %rows
  %or.cond = select i1 %cmp3, i1 %cmp5, i1 false
  br i1 %or.cond, label %if.then, label %for.inc

if.then:
  %conv = zext nneg i32 %add2 to i64
  %mul9 = mul nuw nsw i64 %conv, %conv8
  %gep84 = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep83, i64 %mul9
  %4 = load float, ptr addrspace(1) %gep84, align 4
  %add14 = add nuw nsw i32 %i.082, %1
  %idxprom = zext nneg i32 %add14 to i64
  %gep = getelementptr inbounds nuw [33 x float], ptr addrspace(3) %invariant.gep85, i64 %idxprom
  store float %4, ptr addrspace(3) %gep, align 4
  br label %for.inc

for.inc:
  %add18 = add nuw nsw i32 %i.082, 8
  %cmp = icmp samesign ult i32 %i.082, 24
  br i1 %cmp, label %for.body, label %for.cond.cleanup

for.cond.cleanup23:
  ret void

for.body24:
  %i19.086 = phi i32 [ 0, %for.cond.cleanup ], [ %add51, %for.inc50 ]
  %add26 = add nuw nsw i32 %add25, %i19.086
  %cmp27 = icmp slt i32 %add26, %columns
  %or.cond81 = select i1 %cmp27, i1 %cmp31, i1 false
  br i1 %or.cond81, label %if.then33, label %for.inc50

if.then33:
  %add36 = add nuw nsw i32 %i19.086, %1
  %idxprom37 = zext nneg i32 %add36 to i64
  %arrayidx38 = getelementptr inbounds nuw float, ptr addrspace(3) %arrayidx35, i64 %idxprom37
  %5 = load float, ptr addrspace(3) %arrayidx38, align 4
  %conv41 = zext nneg i32 %add26 to i64
  %mul43 = mul nuw nsw i64 %conv41, %conv42
  %gep90 = getelementptr inbounds nuw float, ptr addrspace(1) %invariant.gep89, i64 %mul43
  store float %5, ptr addrspace(1) %gep90, align 4
  br label %for.inc50

for.inc50:
  %add51 = add nuw nsw i32 %i19.086, 8
  %cmp21 = icmp samesign ult i32 %i19.086, 24
  br i1 %cmp21, label %for.body24, label %for.cond.cleanup23
}

define ptx_kernel void @prefix_sum(ptr addrspace(1) readonly %x, ptr addrspace(1) writeonly %y, i32 %n) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %and = and i32 %0, 31
  %cmp99 = icmp sgt i32 %n, 0
  br i1 %cmp99, label %for.body.lr.ph, label %for.cond.cleanup

for.body.lr.ph:
  %shr = lshr i32 %0, 5
  %cmp9 = icmp eq i32 %and, 31
  %idxprom11 = zext nneg i32 %shr to i64
  %arrayidx12 = getelementptr float, ptr addrspace(3) @sums, i64 %idxprom11
  %cmp14 = icmp eq i32 %shr, 0
  %cmp16 = icmp samesign ult i32 %and, 8
  %idxprom18 = zext nneg i32 %and to i64
  %arrayidx19 = getelementptr inbounds nuw float, ptr addrspace(3) @sums, i64 %idxprom18
  %arrayidx45 = getelementptr i8, ptr addrspace(3) %arrayidx12, i64 -4
  br label %for.body

for.cond.cleanup:
  ret void

for.body:
  %carry.0101 = phi float [ 0.000000e+00, %for.body.lr.ph ], [ %add56, %if.end55 ]
  %start.0100 = phi i32 [ 0, %for.body.lr.ph ], [ %add58, %if.end55 ]
  %add = add nuw nsw i32 %start.0100, %0
  %cmp1 = icmp slt i32 %add, %n
  br i1 %cmp1, label %cond.true, label %for.body6.preheader

cond.true:
  %idxprom = zext nneg i32 %add to i64
  %arrayidx = getelementptr inbounds nuw float, ptr addrspace(1) %x, i64 %idxprom
  %1 = load float, ptr addrspace(1) %arrayidx, align 4
  br label %for.body6.preheader

for.body6.preheader:
  %v.095.ph = phi float [ %1, %cond.true ], [ 0.000000e+00, %for.body ]
  br label %for.body6

for.cond.cleanup5:
  br i1 %cmp9, label %if.then10, label %if.end13

for.body6:
  %d.096 = phi i32 [ %mul, %for.body6 ], [ 1, %for.body6.preheader ]
  %v.095 = phi float [ %spec.select, %for.body6 ], [ %v.095.ph, %for.body6.preheader ]
  %2 = call float @llvm.nvvm.shfl.sync.up.f32(i32 -1, float %v.095, i32 %d.096, i32 0)
  %cmp7.not = icmp samesign ult i32 %and, %d.096
  %add8 = fadd float %v.095, %2
  %spec.select = select i1 %cmp7.not, float %v.095, float %add8
  %mul = shl nuw nsw i32 %d.096, 1
  %cmp4 = icmp samesign ult i32 %d.096, 16
  br i1 %cmp4, label %for.body6, label %for.cond.cleanup5

if.then10:
  store float %spec.select, ptr addrspace(3) %arrayidx12, align 4
  br label %if.end13

if.end13:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  br i1 %cmp14, label %if.then15, label %if.end41

if.then15:
  br i1 %cmp16, label %cond.true17, label %for.body27.preheader

cond.true17:
  %3 = load float, ptr addrspace(3) %arrayidx19, align 4
  br label %for.body27.preheader

for.body27.preheader:
  %s.097.ph = phi float [ %3, %cond.true17 ], [ 0.000000e+00, %if.then15 ]
  br label %for.body27

for.cond.cleanup26:
  br i1 %cmp16, label %if.then37, label %if.end41

for.body27:
  %d23.098 = phi i32 [ %mul34, %for.body27 ], [ 1, %for.body27.preheader ]
  %s.097 = phi float [ %spec.select94, %for.body27 ], [ %s.097.ph, %for.body27.preheader ]
  %4 = call float @llvm.nvvm.shfl.sync.up.f32(i32 -1, float %s.097, i32 %d23.098, i32 0)
  %cmp29.not = icmp samesign ult i32 %and, %d23.098
  %add31 = fadd float %s.097, %4
  %spec.select94 = select i1 %cmp29.not, float %s.097, float %add31
  %mul34 = shl nuw nsw i32 %d23.098, 1
  %cmp25 = icmp samesign ult i32 %d23.098, 4
  br i1 %cmp25, label %for.body27, label %for.cond.cleanup26

if.then37:
  store float %spec.select94, ptr addrspace(3) %arrayidx19, align 4
  br label %if.end41

if.end41:
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  br i1 %cmp14, label %if.end47, label %if.then43

if.then43:
  %5 = load float, ptr addrspace(3) %arrayidx45, align 4
  %add46 = fadd float %spec.select, %5
  br label %if.end47

if.end47:
  %v.2 = phi float [ %add46, %if.then43 ], [ %spec.select, %if.end41 ]
  br i1 %cmp1, label %if.then50, label %if.end55

if.then50:
  %idxprom53 = zext nneg i32 %add to i64
  %arrayidx54 = getelementptr inbounds nuw float, ptr addrspace(1) %y, i64 %idxprom53
  %add51 = fadd float %carry.0101, %v.2
  store float %add51, ptr addrspace(1) %arrayidx54, align 4
  br label %if.end55

if.end55:
  %6 = load float, ptr addrspace(3) getelementptr inbounds nuw (i8, ptr addrspace(3) @sums, i64 28), align 4
  %add56 = fadd float %carry.0101, %6
  call void @llvm.nvvm.barrier.cta.sync.all(i32 0)
  %add58 = add nuw nsw i32 %start.0100, 256
  %cmp = icmp slt i32 %add58, %n
  br i1 %cmp, label %for.body, label %for.cond.cleanup
}

declare float @llvm.nvvm.shfl.sync.up.f32(i32, float, i32, i32)

define ptx_kernel void @gather(ptr addrspace(1) readonly %table, ptr addrspace(1) readonly %index, ptr addrspace(1) writeonly %y, i32 %width) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %cmp17 = icmp slt i32 %0, %width
  br i1 %cmp17, label %for.body.lr.ph, label %for.cond.cleanup

for.body.lr.ph:
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %idxprom = zext nneg i32 %1 to i64
  %arrayidx = getelementptr inbounds nuw i32, ptr addrspace(1) %index, i64 %idxprom
  %2 = load i32, ptr addrspace(1) %arrayidx, align 4
  %conv = sext i32 %2 to i64
  %conv1 = zext nneg i32 %width to i64
  %mul = mul nsw i64 %conv, %conv1
  %3 = getelementptr bfloat, ptr addrspace(1) %table, i64 %mul
  %mul7 = mul nuw nsw i64 %conv1, %idxprom
  %4 = getelementptr float, ptr addrspace(1) %y, i64 %mul7
  br label %for.body

for.cond.cleanup:
  ret void

for.body:
  %c.018 = phi i32 [ %0, %for.body.lr.ph ], [ %add11, %for.body ]
  %conv2 = zext nneg i32 %c.018 to i64
  %arrayidx3 = getelementptr bfloat, ptr addrspace(1) %3, i64 %conv2
  %5 = load bfloat, ptr addrspace(1) %arrayidx3, align 2
  %conv4 = fpext bfloat %5 to float
  %arrayidx10 = getelementptr float, ptr addrspace(1) %4, i64 %conv2
  store float %conv4, ptr addrspace(1) %arrayidx10, align 4
  %add11 = add nuw nsw i32 %c.018, 64
  %cmp = icmp slt i32 %add11, %width
  br i1 %cmp, label %for.body, label %for.cond.cleanup
}

define ptx_kernel void @halve(ptr addrspace(1) readonly %x, ptr addrspace(1) writeonly %y, i32 %n) {
entry:
  %0 = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %mul = shl nsw i32 %0, 6
  %1 = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %add = add nuw nsw i32 %mul, %1
  %cmp = icmp slt i32 %add, %n
  br i1 %cmp, label %if.then, label %if.end

if.then:
  %idxprom = zext nneg i32 %add to i64
  %arrayidx3 = getelementptr inbounds nuw bfloat, ptr addrspace(1) %y, i64 %idxprom
  %arrayidx = getelementptr inbounds nuw float, ptr addrspace(1) %x, i64 %idxprom
  %2 = load float, ptr addrspace(1) %arrayidx, align 4
  %mul1 = fmul float %2, 5.000000e-01
  %conv = fptrunc float %mul1 to bfloat
  store bfloat %conv, ptr addrspace(1) %arrayidx3, align 2
  br label %if.end

if.end:
  ret void
}
