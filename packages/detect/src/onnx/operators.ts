/**
 * What detectors are made of. Left out on purpose: control flow (`If`, `Loop`, `Scan`: time without bound, graphs
 * within graphs), chance (`RandomNormal` …), strings, sequences, and every domain of third parties.
 */
export const OPERATORS: ReadonlySet<string> = new Set(
  `Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Celu Clip Concat Constant ConstantOfShape Conv
  ConvInteger ConvTranspose Cos CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu Equal
  Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater
  GreaterOrEqual GroupNormalization HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu
  Less LessOrEqual Log LogSoftmax LpNormalization MatMul MatMulInteger Max MaxPool Mean Min Mish Mod Mul Neg
  NonMaxSuppression NonZero Not Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear Range Reciprocal ReduceL2
  ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Resize Round ScatterElements ScatterND Selu Shape
  Sigmoid Sign Sin Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile TopK
  Transpose Unsqueeze Upsample Where Xor
  com.microsoft:DynamicQuantizeMatMul com.microsoft:FusedConv com.microsoft:FusedMatMul com.microsoft:Gelu
  com.microsoft:MatMulIntegerToFloat com.microsoft:QLinearAdd com.microsoft:QLinearAveragePool
  com.microsoft:QLinearConcat com.microsoft:QLinearGlobalAveragePool com.microsoft:QLinearLeakyRelu
  com.microsoft:QLinearMul com.microsoft:QLinearSigmoid com.microsoft:QLinearSoftmax com.microsoft:QuickGelu`.split(
    /\s+/,
  ),
);
