module attributes {neap.model = "/work/shared/models/gpt2-static/model.onnx", neap.options = ["--loss=cross-entropy", "--shift-labels=true", "--optimizer=adamw", "--memory=minimum", "--tile=auto"]} {
  neap.parameter @transformer.h.0.ln_1.weight : tensor<64xf32> trained {torch_name = "transformer.h.0.ln_1.weight", value = dense<[1.00220609, 1.00711012, 1.00473332, 1.00420201, 0.996625661, 1.01559615, 0.985948383, 1.03492975, 9.981570e-01, 0.993800759, 1.02311921, 0.974944293, 1.01714242, 0.993704259, 1.00024712, 1.00988758, 0.996333241, 1.01025724, 0.996561527, 1.01096404, 0.984695911, 1.01509047, 0.999557793, 1.04689085, 0.966440975, 1.01946819, 1.00681686, 1.00719464, 1.01485741, 9.974780e-01, 1.00681412, 0.974203646, 0.980769753, 0.979069113, 0.974274694, 1.03306246, 1.02629912, 0.970720291, 1.02134764, 0.98656255, 0.991747498, 0.989244639, 0.942835927, 0.979543209, 1.01921666, 1.0072732, 1.01026154, 0.988478064, 0.978205919, 0.990972816, 0.99814552, 1.0258733, 1.01089978, 1.02490234, 0.967236995, 1.01294112, 0.998161613, 1.00969124, 1.00289404, 0.988159537, 0.999830603, 0.997783482, 1.01485229, 1.01343131]> : tensor<64xf32>}
  neap.parameter @transformer.h.0.ln_1.bias : tensor<64xf32> trained {torch_name = "transformer.h.0.ln_1.bias", value = dense<[-7.79900409E-4, 0.0146260774, 0.0245135557, 0.0300780274, -0.0153830973, 0.00215362501, 0.0329710394, -0.0181445964, 0.0253731571, 0.0235470012, -0.00872829742, -0.00311891083, 0.00387823069, -0.0154340742, 0.0121370479, 0.0214240961, -0.0033371544, 0.00327407056, -0.0159910619, 0.00801143236, -0.00367118628, -9.728360e-03, 0.01128064, -0.00830967445, 0.00574335922, 0.00522059388, -0.0144327711, 0.0462042242, 0.0204250216, -0.00220216648, 0.0233757962, -1.710760e-02, 0.0062154429, 0.0277198069, -4.98029054E-4, 0.0250293408, -0.0307408795, -0.0139539624, 0.016856771, -0.0197353661, 0.00745652243, 0.00468046265, -0.0322811753, 0.0346589871, -0.00532883499, -0.036924772, -0.00451512635, -0.020920936, -0.00653288094, 0.00965742394, 0.00968058966, -0.002973889, -0.00558749121, 0.0101377647, 7.28287268E-5, -0.0321675204, -0.00995496381, 0.0226431359, 8.48472933E-4, -0.0120257735, 0.0155954547, -0.0340846665, 0.00909854657, -0.0376517773]> : tensor<64xf32>}
  neap.parameter @transformer.h.0.attn.c_attn.weight : tensor<64x192xf32> trained {file = "", offset = 125020 : i64, torch_name = "transformer.h.0.attn.c_attn.weight"}
  neap.parameter @transformer.h.0.attn.c_attn.bias : tensor<192xf32> trained {torch_name = "transformer.h.0.attn.c_attn.bias", value = dense<"0xB3EBCA3B0A172E3CEA93BA3CA700C83C72BA623CFA7693BCA711423CC54DE6BC9FA806BCDD6E65BB5936BFBCAEFE2C3D40F25FBCCA4BEA3A258B28BB5234D7BC8D57103DB25353BCF4A1033A9DC4D03C82CAC43C2B80373D1260CD3C5B83FA3AA6FBCDBC90EC843C5755E23BC5E0633C985DDABC4F58EBBBC9243DBC2AA911BD5D99A43B0078AA3B9C7740BCEBA8AABC89D8713C2714253C671BF43ACEA189BCFB0FC23C025F1EBCCBE5CB3C6A6D973C26CC34BCB846743C8F510ABD19960EBBB01139BB009CEABC376FAEBC5882993C1B1972BC54F021BC122BD6BC4B953A3CECCFDA3C1EDFB8BB8BEDD93B24E6A0BBC08B2F3C4A654F3A0E9CBEBC818571BA90021FBCDC39AB3B76301A3C5BF9D03B65DE0D3D02E7ADBB04728B3BA46B9DBCDD19D33B1877913C77FD893C9DE5463D422BF63CDE3700BD6C6D4DBCB63C213D04CC64BCD9F9C23A7CC8083C324330BCE91D61BCC042D3BB005EC33BF82008BBD49FA63CC59DD3BCFE8AC1BC70F6F03CF667853CFDA3953AC363093B66AE1DBDBEC4EA3C04E8533A85E37F3CF2A5C13BE21D0DBD0470C73CE445B3BC97733B3D3AC2873D250E2BBC44FB06BD7EF2ECB94CDD5E3CC049823C000C8C3A747E4DBB7A19873B8F98C7BB4406963C144C2DBBDC0E5CBC92A91C3BF74BF9BB1B95E2BBF373E7BCDDACD03CBC5DBC3CA18D453BD8D06CBC586B763D2E8EEBBC3273553C5809923AF03C8A3B389ABDBCE03EA6BCE34A6B3C66C9E8BBA23DA23C60581C3C1D8602BDA23AC6BCAACA7EBC07A349390443C53CE586513CEB5FC03C7733D6BBDDA485BCA194363CB40284BC8B0314BC92ED113C76449EBBEB117C3C807C9FBB6CC4003CC2A52ABD7E36423C4E78B03C2765AEBBE435ADBC4C63853C3D99DF3C1B7EC83CDB05F53BA1CAFBBB0F9A59BB4F2003BD875B193DFD6E8DBB9E01FB3C99CA95BC551D623C35AA53BD75CF523D0D4730BCD4223BBAE4AC943A3496F7BB5BB6E63BA7D3DEBB1C7DD6BC6536D2BCEB34A8BBB95D223C29FA133DA9B75EBC92D864BB8C181CBD9D4F08BD10428E3CD7FEB03CB14A9EBCEDEE93BC399B75BA"> : tensor<192xf32>}
  neap.parameter @transformer.h.0.attn.c_proj.weight : tensor<64x64xf32> trained {file = "", offset = 175035 : i64, torch_name = "transformer.h.0.attn.c_proj.weight"}
  neap.parameter @transformer.h.0.attn.c_proj.bias : tensor<64xf32> trained {torch_name = "transformer.h.0.attn.c_proj.bias", value = dense<[-0.013098415, -0.0178019349, -0.0151759731, -0.00563457608, 0.0138168549, -0.0278429501, 0.0296240672, 0.0534466095, 0.0132991811, 0.00663151545, -0.00746364752, -0.0220350064, -0.00184988475, -0.00602115504, 0.003265179, 0.0130467089, -0.00414174562, 3.590370e-02, -0.0271325409, 0.0196895674, -0.0228653308, 3.77920223E-4, -0.00251044333, 0.0317493416, -7.931370e-03, 0.0173249505, -0.0185750872, -0.0293667242, -6.450520e-03, -0.00376965757, -0.0146039771, 0.0342646353, -0.0212763883, -0.00483498583, -0.024500994, -0.011752652, 0.00337418751, -0.0324297622, -0.0581053235, -0.0288822651, -0.0118731651, 0.0141859669, -0.00529884035, -1.68617567E-4, 0.00797993597, -3.276960e-02, -0.00128540746, -0.0139032071, -0.0367561914, 0.00657805894, 0.00323942211, 2.808410e-02, -0.0306935944, -0.0121781658, -0.0170055907, -0.0015619389, -0.00321169081, -0.00501778536, -4.55768779E-4, 0.0252583735, 0.0211110227, -0.0075805285, -0.00353782112, 0.00214477722]> : tensor<64xf32>}
  neap.parameter @transformer.h.0.ln_2.weight : tensor<64xf32> trained {torch_name = "transformer.h.0.ln_2.weight", value = dense<[0.984082341, 0.991174817, 1.02858055, 0.981421649, 1.00358248, 0.985834717, 1.0163722, 1.01130068, 1.01837111, 9.753760e-01, 1.02726912, 1.02091014, 1.00098658, 1.01454926, 0.992112994, 1.0122987, 0.997424483, 1.00245273, 1.00677407, 1.02783477, 0.978735089, 1.01534557, 1.02560854, 1.00045657, 1.03422689, 0.992715358, 1.02161908, 1.02784777, 0.990030407, 0.985115587, 0.986611247, 0.964148461, 0.974970996, 0.961452126, 0.979380488, 0.995623111, 0.948919355, 0.986949443, 1.01354611, 1.00311077, 0.979154467, 1.00620937, 1.03732109, 1.00747395, 0.978319227, 0.994315743, 1.01347089, 0.997650861, 1.01582706, 1.00246572, 1.02159417, 1.00594866, 1.00920367, 1.00695336, 1.03452957, 1.00475645, 0.959886908, 1.00951862, 0.968777775, 0.974060654, 0.985194087, 1.03140426, 1.0319277, 1.00509262]> : tensor<64xf32>}
  neap.parameter @transformer.h.0.ln_2.bias : tensor<64xf32> trained {torch_name = "transformer.h.0.ln_2.bias", value = dense<[-0.00994230806, 0.00854154303, -0.0303545948, -0.0162331574, -7.839730e-03, 0.0227024052, 0.00835027173, 0.0249380171, -0.0265445244, 0.0025488562, 0.0181603264, -0.00196454511, -0.00351854251, -0.0140420068, 0.0284997132, -0.0301682912, 0.0313029103, 0.0107212886, -0.0178569797, 0.00566628389, -0.0149908317, -0.0124598509, -0.0257514846, 0.0108714923, 0.0100571821, -0.0339990966, -0.00387576269, -0.0256716385, 0.00592903653, -0.0228186976, -0.0102585191, -0.00742482813, 0.0167315938, -0.0224773381, 0.00430992199, -2.073240e-02, 0.0186828319, 0.00222070562, -0.0179088414, 0.00552937575, 0.0323877633, 0.0112979384, -0.00215220288, 0.0201847851, 6.21920859E-4, 0.0249636304, -0.0287169237, 0.0115675852, -0.00788365211, 0.00712135574, -0.0216383189, 0.0175650455, 0.0312178638, 0.0149726868, 0.00141089899, -0.00375817297, -0.0296262074, 0.0154411877, -0.0139093203, 0.00237522228, -0.00585447066, -0.0162248034, 0.0184780378, 0.0269978829]> : tensor<64xf32>}
  neap.parameter @transformer.h.0.mlp.c_fc.weight : tensor<64x256xf32> trained {file = "", offset = 192355 : i64, torch_name = "transformer.h.0.mlp.c_fc.weight"}
  neap.parameter @transformer.h.0.mlp.c_fc.bias : tensor<256xf32> trained {torch_name = "transformer.h.0.mlp.c_fc.bias", value = dense<"0x9870F6BB6A1D313C865DAF3C7D49023C6FE6B7BC548213BD1E87D03C2665FCBC4A2EB6BB10AA4ABC196889BB98A67A3B799BE2BC6D55033BD7A13C3DE51F083D78A6AC3C8B68DB3B74DE693C9E3994BC1CCD5BBC4269B3BCF8BD6FBCAB37EB3C07A53D3CA9D2A7BC6EAB193C57DEA53B3BE4813CAD12AF3CEB7C1ABA2B39D63C4A3E30BD2C54993CE16F7DBC895929BD60A2B1BCB717CDBCF783A4BCB4EA603C5011D43C7341C23B4DE8B5BCFDCBAFBBE70FBDBB1ED0C8BB3EB41A3C8097923CE53A9CBCF73FAFBB8DC408BD4F8789BCA9C3CA3C7DF59E3C18E3C13A82B4B43A20D4C1BB90C209BAD62810BDD0A5B839E7688E3BC449853BB7D68BB9F25B083D307E8EBC13C4DD3CF4B68C3CE6F9D6BB0D7C2A3D4CBEE3BCA41A0E3C742514BB22B0C33B5B2BAE3BB40E6E3C69275C3CE63F243C603D143DF86931BCA7AA3A3CB8701B3DC97C523DB533E1BA537FBDBCD09DC5BC6A8D503C0AC9273B0D1130BC75B2E63CC9E4283C393C343B899E063DC505553B598B4B3BE93CA23C0B9FE2BCE6C82CBC0685603C7770A23B57453D3C026FC9BC125F80BCA79A863CB764E13C62E39ABC1B6D8DBC803C18BC80864A3C7CBABCBC605CB33C2EB194BBA44927BCC8C3123C6D2B123C56F98DBC3C0CD0BC8DD794BC9466C13C52B0B0BCD6D830BD5ED622BD532A96BCFE34E43CF7FEC6BCA9DD243D6799953CC46AB83C3A5415BD65550C3C2C2CA0BCF078363D20D5913A3E30E3BBDE50DCB93E30C5BC1B39233DED75193DDD5D7FBAA16F8F3C9DB75E3C607286BC54C5CF3B5B78003DF7BEE43A8BFDA53C29AE96BC388D97BC4F0BE23CF235ED3B12FAF5BBCF12753A66BB4FBCA09F92BB982FD23C809DEBBC01FB44BB199D9C3B209150BD6FCCB63B2C14CFBC1099973CBC50563D7C37B23AB3DFAB3C3621133C839623BDD93B0B3A8EA87F3C66AD0EBB8C3A163CA127B43AB86A103C2227CA3B4EAE27BCC4AE883C1EA045BB97A3073DB2344FBC29CCF03B69F80EBD595FBF3CD8DE40BCED91CA3AADE819BC98BFC43B536DEE3BCBF60ABC32F95EBC27490ABB40789F3CCF1D423C861B9D3C9892753C9213AA3CD0F1A63C19A1ECBC05EE02BD62D4393C5605A6BC8789C83C876BC0BC408D90BCCC6BD5BBE48424BB9536EABC56B2083C8E1E943C454468BC50BD19BC2009613C6DE698BC4A30B9BC50AB0B3CAFB4863CB92A3D3D4B2E55BC325FDFBBC10E8CBC89C4C8BC1747A03C9BD2543CC667623CF3AA7F3B77A7FEBB8D09A13CFD241F3CCAE145BC320D98BA1B88833CD7D756BC144087BC30842A3CA253A33CF2FD4DBC8040173D3E97D83B7D818BBB130AB9BA7E56C13C2395F3BBE028993B0DEDC03C02898EBC3D7560BCEA7FB93BE140C83B98A6AFBA7D7A77BC4310EB3997F81CBC39D6FA3CCDF7413C78F3A73BAE6713BD1BA917BC2ED10D3D"> : tensor<256xf32>}
  neap.parameter @transformer.h.0.mlp.c_proj.weight : tensor<256x64xf32> trained {file = "", offset = 259007 : i64, torch_name = "transformer.h.0.mlp.c_proj.weight"}
  neap.parameter @transformer.h.0.mlp.c_proj.bias : tensor<64xf32> trained {torch_name = "transformer.h.0.mlp.c_proj.bias", value = dense<[-0.0215682555, 0.0329470262, 0.033973597, -2.764720e-02, 0.0337393247, 0.00693844492, -0.00466931053, -0.0421233363, 0.00856035761, 0.0132435318, -0.0213014819, -0.0441441201, -0.0297835264, -0.00598698948, 3.75779375E-4, -0.00107575092, -0.0266732704, 0.0283689555, -0.00350006134, 0.0220004357, -0.0126348957, -0.0162146334, -0.0297425836, 0.0295369755, 0.0195104014, -0.0197808985, -0.00206456264, 0.00117445854, 0.0092169093, 0.0234070495, -0.0116356267, 0.020326199, 0.0444283076, 0.00328474445, 0.0141475331, -0.0103631336, -0.0198411047, 0.0209566969, 0.00518502109, 0.0116337119, -0.00685327313, 0.035650868, -0.00914386846, 0.0126844756, -0.00541881146, -0.00312111853, 0.00765038654, 0.0290357172, 0.0201804135, -0.0105342064, 0.0218017735, 5.21717197E-7, -0.0207436848, -0.0192465056, -0.0186854415, -9.220700e-03, -0.00300307595, -7.780080e-03, -0.0114092994, -0.0341645554, -0.0447772555, 0.00662915036, -0.00866547693, -4.175240e-03]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.ln_1.weight : tensor<64xf32> trained {torch_name = "transformer.h.1.ln_1.weight", value = dense<[0.984259366, 1.00571716, 1.00263262, 1.00767243, 1.01825607, 0.99885106, 0.983469128, 0.972060263, 0.97486633, 1.01328766, 0.961565971, 1.00940466, 0.987494587, 1.03027892, 1.01029611, 1.01799917, 0.99014765, 0.978667438, 1.02878213, 0.995743691, 0.966671764, 0.988744318, 1.00468469, 1.02593803, 0.988614141, 0.97919476, 0.962200641, 0.979396522, 0.96334207, 1.00183797, 1.01030922, 1.01361716, 1.01963711, 0.978766262, 0.965813219, 0.989158987, 1.03105497, 0.98022288, 1.02587807, 1.00423455, 0.992830872, 0.986323356, 0.982345402, 0.999854922, 0.97451955, 0.984529972, 0.974307596, 1.01775467, 0.986870706, 0.995357692, 1.01682949, 1.01177895, 1.00611246, 1.02771425, 0.985048413, 0.992027938, 1.00534403, 0.994765281, 1.00340366, 0.998278975, 0.982402265, 0.997380852, 1.02148008, 0.992990791]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.ln_1.bias : tensor<64xf32> trained {torch_name = "transformer.h.1.ln_1.bias", value = dense<[-0.00489798281, -0.0131163448, -0.0183800478, 0.0176443886, -9.50775065E-5, 0.0150014227, 0.00663644588, 0.0252307355, 0.00375703606, 0.0161658414, -0.0242452715, 0.0153393596, 6.54913718E-4, 0.0260629486, -0.0194398575, -0.0319184922, -0.00997830275, -0.0106189307, -0.0147880241, 9.45028732E-5, -7.976760e-03, 0.00547886826, -0.019622229, 0.0234545432, -0.00170917436, 8.8179433E-5, -0.00517371902, -0.00497396896, -0.0091014672, 0.0213411953, -0.0133154737, -3.61961167E-4, 0.00624211179, 0.0278369654, -0.0120943226, -0.0341476463, 0.0329095423, -0.0142502766, 0.0167042185, 0.0162051432, -0.00589518528, -0.030303346, -0.0284926165, -0.0232563019, 0.0114102727, 8.0318813E-4, 0.0122439489, 0.00889728311, -0.0160887986, 0.0404707901, 0.0225807447, 0.0394707173, -0.0160810892, 5.47789532E-5, 0.011107442, 0.0205862988, -0.00186198927, -0.0170685221, 0.00229684194, -0.0462846309, -0.00167530251, 0.0084906863, -0.00415724609, 0.00716813141]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.attn.c_attn.weight : tensor<64x192xf32> trained {file = "", offset = 325481 : i64, torch_name = "transformer.h.1.attn.c_attn.weight"}
  neap.parameter @transformer.h.1.attn.c_attn.bias : tensor<192xf32> trained {torch_name = "transformer.h.1.attn.c_attn.bias", value = dense<"0xE759323C2DE598BC7608813C08318939728D07BB7AEE223C37E55BBA810954BB4616B0BC643406BB0CB269BDE49625BD943F923B67CC0ABD1BB5443C0465E4BBE56260BB661E4ABC3C363EBC9003F33CD4FB73BB34A0293CC71929BAAB6CD03B6B7E093D12FC893BB543763B40CB7EBC87F4093C60F5E1BC62A99E3CA6272B3CC7F9B63C4402A9BC7C9955BC3DD856BC294434BD65F752BCBDF88E3C661B9BBC2E02B1BBEA61A4BCFBFA04BC9418083C0AEBE4BC4791DC3BE44D9DBCA5EE913B4D1EBDBCABCE86B97F220F3D22E0293DB3EE66BD984799BB6E80503CCF39F2BCAA2A6E3C4C8E763CC9FAA03B430F9B3C50EF18BD419788BC4F06283D1740C6BC0E7E93BB90254EBCB4E8D6BB41E428BC877C35BC436D7BBC45AC49BCAAA1953C0BA7003DD2894ABCB851253CF07D35BC32F6ED3C90942F3B449E8B3C3394CE3AA3D0833B4AF1A9BCBED6D4BC4CCA213D4D388F3C97D2C5BB3EBFB739A3BC043D84001A3D5559FDBCF383BA3C53A448BD370CB4BC249E353D9C55F33A3B9709BC7C30DB3B9944B53CFCDD2E3C9D50B03C73B9453CBDA427BC3BFA25BCBB10DEBA5728B83A28239FBBBE3352BDFD523F3C24E635BC4EEAF33A0E43D73B3264B6BCDD8FD83C73A91CBCC6BB5E39061D2BBC9BC0273CB358423CC8C59E3C40EAA0BB1742F2BC8223FE3C9E51633B4CADE83A7913BABC419C89BC9D08103C16B203BC05A8D03C1E9FE63C06FE20BDADD0853C349FA83B7920C0BCA81F01BB9549793C584E42BCC246373DFECB40BCFE4A6FBBC81B183C6507AEBCB4FFCFBC78757FBA55ACD03CA9B2833C22341ABC641D4F3A55FBB23B1BA6ADBB96B494BC24D255BCD00B40BCDCD9273CDC50D93C197FC0BBF51052BC6643993CF002213BD816A83C00553C3C8078243C186676BC907DB43BDDFC24BCA0FAC53CE76F06BCE0197BB90AC63F3B9C9A67BC020E3A3D5C99F9BC89276E3CC1E5CABC80D0153C82173C3A13897ABC0F65003C92C5033DFD84D93B2AAB313CE66ADEBC9F2781BCF70DA5BC1700C73B6A25CB3C9D80193B141E983C28EE8F3AB2CB913900538F3C872484BD"> : tensor<192xf32>}
  neap.parameter @transformer.h.1.attn.c_proj.weight : tensor<64x64xf32> trained {file = "", offset = 375496 : i64, torch_name = "transformer.h.1.attn.c_proj.weight"}
  neap.parameter @transformer.h.1.attn.c_proj.bias : tensor<64xf32> trained {torch_name = "transformer.h.1.attn.c_proj.bias", value = dense<[0.00860335119, -0.0187099837, 7.74412591E-4, 0.00242432347, 0.0244552251, 0.0148529038, -0.0216061175, 0.0218975674, -0.0207827613, 0.0469566844, -0.0138513884, -0.0151001923, 0.0205786526, -0.0410597473, 0.00223652669, -2.04354161E-4, 0.00531295268, -0.00718800491, -0.00540264836, -0.00931874103, 0.0223118961, 0.015804626, -0.0111651756, 0.027682282, -0.00704032835, -0.0113737248, -0.0135465367, 0.0264807791, -0.00248025893, -0.0199251249, 0.0116049265, 0.0181586649, 0.00163546496, -0.0111859571, 0.0146040982, -0.0148105687, -0.00856025889, 0.0201165322, 0.00524561759, -0.0220961682, -0.0107548274, 0.00975939258, -0.0190840028, 0.0277016293, 0.0039169658, -0.0353786685, 0.00827706885, 0.0175492279, 0.00935842283, -0.0125146229, 0.0487561412, 0.0225842949, 0.00220061676, -0.0199244898, -0.0246191751, -0.00345367403, -0.00619812496, 0.0291295499, -9.25215718E-5, 0.0108777583, 0.0308511611, -0.0045958329, -0.0304102171, -0.018172523]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.ln_2.weight : tensor<64xf32> trained {torch_name = "transformer.h.1.ln_2.weight", value = dense<[1.01775134, 0.997261643, 0.995902359, 1.01468015, 1.01134932, 1.0165422, 1.01349497, 1.00760925, 1.02639735, 0.982092142, 0.992297589, 0.99572736, 1.0199914, 0.982501447, 0.988796114, 1.01511025, 1.00590038, 0.973285853, 0.999155282, 0.998729944, 1.0061785, 1.00977349, 1.02351022, 0.996736764, 0.980348587, 1.03060961, 0.988962054, 0.986236751, 1.01158571, 1.04357874, 1.03501356, 1.00623679, 1.02178574, 0.985992729, 1.03058445, 0.996213078, 1.00418758, 1.01588964, 0.996608436, 1.0127883, 0.965447783, 0.968197107, 1.02838564, 0.99034059, 0.985754728, 0.983133792, 1.00181794, 1.01834595, 9.782480e-01, 0.978795766, 0.992510735, 1.00747442, 1.02078938, 0.987607598, 1.02127564, 0.960449635, 1.00065696, 1.01052785, 1.01635361, 1.00141799, 1.00651824, 0.986830234, 1.011163, 1.0280031]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.ln_2.bias : tensor<64xf32> trained {torch_name = "transformer.h.1.ln_2.bias", value = dense<[0.0144732958, -0.00400529243, 0.00463945838, -0.0257680342, 0.00994630996, -0.0307269897, -0.00768808275, 0.00237426301, -0.0334405042, -0.021000335, -3.63583415E-4, 0.00542603247, 0.0225286148, -0.0191643238, -0.00323124137, 0.0242708493, -0.0037330396, 0.0081981374, -0.0532944091, -2.314680e-02, 0.0140047334, -0.0218975134, -0.023789661, -0.0454685204, -0.0461882576, 0.00639853207, -0.0230329465, 0.02479936, -0.00758781191, -0.0455125421, -0.0156792533, -0.0295513496, 0.00596123096, -0.00406945404, -0.0307942126, 0.00810027308, -0.0129963569, -0.0393857732, 0.00534296036, -0.0237821043, 0.00744830584, -0.0170977488, 3.46917339E-4, 0.0306811556, -0.00806123577, 0.0302818622, 0.00493143778, -0.0113567365, -0.00818585604, -0.0151482439, 1.724230e-02, 0.0123573896, -0.00234369817, -0.0405173562, -0.0112479413, 0.0276669022, 0.0216604173, 0.0011317298, 0.0335316285, -0.0356996208, -0.0166220255, 1.14304625E-4, -0.0449319817, 0.0212499034]> : tensor<64xf32>}
  neap.parameter @transformer.h.1.mlp.c_fc.weight : tensor<64x256xf32> trained {file = "", offset = 392816 : i64, torch_name = "transformer.h.1.mlp.c_fc.weight"}
  neap.parameter @transformer.h.1.mlp.c_fc.bias : tensor<256xf32> trained {torch_name = "transformer.h.1.mlp.c_fc.bias", value = dense<"0x93DA77BB3004DCBC2EFB373DF17B1C3BBB1D10BB6CFA1F3D54129A3CC97FFB3BCB5382BCF83B563C8EA4FDBB8521883C3397FEBC1017D6BCE4D2CF3BD2B94EBDAC1167BC27F0C2BC2E9C2DBCF7FF2B3A8929623AE21B923B37FD383D83B99EBC7EF5433C6298043A8F02393CF9873C3C22D3363DAE889F3C36A1193D09B2ABBCFC785A3B5BC4C53B15ADB23B186CF43C44C0A43AD059C53A0395F63C4A894A3DB87BCB3BC75D42BC85BE73BCB5BCD9BB475B88BCFD860DBDED72ABBCEABEBEBC25F9A03A0BF8C0BAA9EB8F3CA794403CBD843EBD45C1AFBCABBAE23BD9919EBC0A7AAFBB3EFC523CB428EC3AA03C5A3CA567EFBC9EF28E3BFB7E8EBCEA2E4EBCD2712ABBDC015EBCB2C77DBB9C19583CC6145DBC16238ABC0BFA31380F08E8BCF343EABCBB4B1DBD5F1B00BC7D9B8A3C6505DC3C0A72BDBC6CFECF3AB988BC3C34221F3C9E9768BC0DF914BC2548E83C6DE3C3BB84AA293D2B21DABC4B47B239FD4770BAA014323C1023ADBCFE2A09BD847A3D3BCC3C65BC339D693CC9D62A3C4A10533CA007E1BCF958763CA2B567BC6EFF26BD122581BB145BE2BC8D81903A6151A33CB39AFFBBEE962ABC7DD6B6BCF64816BC94D068BCBEF3443C8B9D30BC9DDF763CCDEB8ABB90A25EBC53ADC0BCC64AEA3B8BC5A7BC6D4E2BBCD56E68BC9060773CB6A78ABCBDDEC7BB09D0A7BC30252A3C457AED3B6787B53BD0370B3C3A12A0BCB27D4D3C428E343D4260033CD639803C80EA063C386E043D60C511BC7B1DE8BB4B9EA23C1479B6B99D5D2E3BFDF0B23BB5A9F6BCF28AA53C904E51BC14EB0E3CE97D1FBC9B22303B906532BDFF289C3C8E8219BC1294823C303B5F3ACC61DBBBBC0A1BBDD8DF05BD492ECA3C8718B2BC5C87A1BCB8D296BB1BE6D63C08E312B9A5D464BCF759403CC3E3123C90BCA63C71DCA03B7285D3BB32C697BCA60E8C39C07B2ABC97C5833C892E18BC415F37BD09E6CB3C4A061D3D8686DA3CA0865DBCC668DCBC6126D6BC73507E3A12C9933CAC1D853BA4BC03BDBB99C6BC426B133C7756083D94C4AE3AE7F60C3D2ED6093DAB670D3C0085F73B6AB1E6BB55D734BDB2F0293C6BF6C13CEFE617BC3B24DCBC6E2C2A3C5E410EBD4BBAAC3B3E8241BCAAD9FDBC8F36E93C17508DBB6F81733C0F53CA3B354C3B3DD764D7BC3E9B92BC166714BB7492D23C6EE05E3CBDABC53A87F9DE3BB90BAFBCE52FDABC72828FBB773C543CEAE3283D308B14BBEFA4153CCAAD8E3C12797EBC5792D73B0EB429BB129124BCF9F59FBC1BEACA3B2AAA6C3C86DD52BC6536903B6EC23DBB0B050DBC0113073C6223043D5DE4943BDBE6CABAF010313D996E93BC023D603CA287CE3B6D7C473C2DC1383DAE2242BDD82CC3BB0EDC4D3DCB0115BCB026C83C7BE0703A3B13793CA7F5F6BC0011A23C8070843C61E1A63CE92A133BC43204BC"> : tensor<256xf32>}
  neap.parameter @transformer.h.1.mlp.c_proj.weight : tensor<256x64xf32> trained {file = "", offset = 459468 : i64, torch_name = "transformer.h.1.mlp.c_proj.weight"}
  neap.parameter @transformer.h.1.mlp.c_proj.bias : tensor<64xf32> trained {torch_name = "transformer.h.1.mlp.c_proj.bias", value = dense<[-0.00240563694, -0.0148431025, 0.0413313434, -0.0236354917, 0.0122919185, 0.0109678851, -0.0270179641, -0.0397332385, -0.00987571291, -0.0114504751, 0.0016574529, 0.0117199523, 0.0116876708, -0.0135417832, 0.0155153042, 0.00540081318, -0.04637466, 0.0164678562, 7.73878244E-4, -0.0055516893, -0.0264740922, 0.0366630405, -0.00177737011, 0.00919604301, -0.0175676588, 0.00706340838, -0.0156084821, 0.0201514773, 0.00702196545, -0.018619379, -0.00426616939, -0.00303248456, 0.00803141948, 0.0236089621, 0.0209723134, 0.00974535569, -0.00565836066, 0.0258869883, -0.0169815794, -0.0182437915, -0.0251935925, -9.01392952E-4, -0.0430457331, -0.0229179785, -0.0170360897, 0.0135110151, 0.0243860669, -0.0442176536, -0.00503266789, 4.82616626E-4, -0.0206575394, -0.0182919931, -0.00223453506, -0.0267381836, 0.0185286161, -0.04198597, -0.00191450724, -0.0156807546, -0.00682336325, 0.00714171771, 0.0186661743, -0.00438392162, 0.00156865059, -7.4096804E-4]> : tensor<64xf32>}
  neap.parameter @transformer.ln_f.weight : tensor<64xf32> trained {torch_name = "transformer.ln_f.weight", value = dense<[0.998654425, 1.00258482, 0.986047983, 0.939369678, 0.988833069, 1.00956035, 1.02989948, 0.950658142, 0.988281548, 1.03472388, 0.970067143, 1.01636648, 1.00247693, 0.974298059, 1.02276599, 0.994722485, 0.971735298, 0.994193971, 1.01857924, 1.01009297, 1.01417804, 0.9818874, 1.00419974, 0.968452274, 1.02004373, 1.03804469, 0.986815571, 1.03017855, 0.96863836, 0.984354794, 0.99016273, 0.982744038, 1.02832639, 0.992978036, 1.00172031, 1.01931858, 1.01234734, 1.00687754, 1.01481915, 1.04501164, 0.995240688, 1.01566672, 1.00613678, 0.990770936, 1.03408623, 0.979768872, 0.989905655, 1.0161252, 0.990127801, 0.987887799, 1.02061462, 0.995129764, 1.01747346, 0.953387796, 0.984205543, 1.01386929, 1.01367891, 1.00136364, 1.01034057, 0.988280653, 1.00988233, 1.00928974, 1.00581527, 1.04230475]> : tensor<64xf32>}
  neap.parameter @transformer.ln_f.bias : tensor<64xf32> trained {torch_name = "transformer.ln_f.bias", value = dense<[1.610600e-02, 0.00949619151, 0.0150135206, -0.0167794935, 0.00900571048, 0.00497536827, -0.0313763842, 0.0136630191, 0.0236483719, 0.00453727599, 0.0529522821, -5.8880687E-4, 0.00120648753, -0.0182236731, 0.00414227555, 0.0278054383, 0.0142248971, -0.0355993845, -0.0126221161, 0.00342296693, 0.0384635665, -0.0229161829, 0.0481460579, -0.0236292277, -0.0271251369, 0.0342055522, 0.00151783926, -0.0033057176, -0.0263033677, 0.00580049912, -0.0171739068, -0.0066892067, -0.00256047817, -0.0239525214, -0.0331088714, -0.0242928192, -4.14760812E-4, 0.0207062326, -0.0274001472, 1.0869554E-5, 0.0158994775, -0.00847837142, 0.0164345894, -0.00638500414, 0.017174121, 0.0244291592, 0.0229801033, -0.0401304588, 0.00384584395, -0.00779501861, 0.00190166896, -0.00839463901, 0.012594088, 0.0283696391, 0.016068764, 0.015581809, 0.00231626211, -0.00741534493, 0.0060763876, -0.00284351851, -0.0167818237, 0.0156251397, -0.0165965948, 0.0354384221]> : tensor<64xf32>}
  neap.parameter @lm_head.weight : tensor<256x64xf32> trained {file = "", offset = 525914 : i64, torch_name = "lm_head.weight"}
  neap.parameter @embedding_1 : tensor<1x64x64xf32> trained {file = "", offset = 591510 : i64}
  neap.state @transformer.h.0.ln_1.weight.m : tensor<64xf32> of @transformer.h.0.ln_1.weight
  neap.state @transformer.h.0.ln_1.weight.v : tensor<64xf32> of @transformer.h.0.ln_1.weight
  neap.state @transformer.h.0.ln_1.bias.m : tensor<64xf32> of @transformer.h.0.ln_1.bias
  neap.state @transformer.h.0.ln_1.bias.v : tensor<64xf32> of @transformer.h.0.ln_1.bias
  neap.state @transformer.h.0.attn.c_attn.weight.m : tensor<64x192xf32> of @transformer.h.0.attn.c_attn.weight
  neap.state @transformer.h.0.attn.c_attn.weight.v : tensor<64x192xf32> of @transformer.h.0.attn.c_attn.weight
  neap.state @transformer.h.0.attn.c_attn.bias.m : tensor<192xf32> of @transformer.h.0.attn.c_attn.bias
  neap.state @transformer.h.0.attn.c_attn.bias.v : tensor<192xf32> of @transformer.h.0.attn.c_attn.bias
  neap.state @transformer.h.0.attn.c_proj.weight.m : tensor<64x64xf32> of @transformer.h.0.attn.c_proj.weight
  neap.state @transformer.h.0.attn.c_proj.weight.v : tensor<64x64xf32> of @transformer.h.0.attn.c_proj.weight
  neap.state @transformer.h.0.attn.c_proj.bias.m : tensor<64xf32> of @transformer.h.0.attn.c_proj.bias
  neap.state @transformer.h.0.attn.c_proj.bias.v : tensor<64xf32> of @transformer.h.0.attn.c_proj.bias
  neap.state @transformer.h.0.ln_2.weight.m : tensor<64xf32> of @transformer.h.0.ln_2.weight
  neap.state @transformer.h.0.ln_2.weight.v : tensor<64xf32> of @transformer.h.0.ln_2.weight
  neap.state @transformer.h.0.ln_2.bias.m : tensor<64xf32> of @transformer.h.0.ln_2.bias
  neap.state @transformer.h.0.ln_2.bias.v : tensor<64xf32> of @transformer.h.0.ln_2.bias
  neap.state @transformer.h.0.mlp.c_fc.weight.m : tensor<64x256xf32> of @transformer.h.0.mlp.c_fc.weight
  neap.state @transformer.h.0.mlp.c_fc.weight.v : tensor<64x256xf32> of @transformer.h.0.mlp.c_fc.weight
  neap.state @transformer.h.0.mlp.c_fc.bias.m : tensor<256xf32> of @transformer.h.0.mlp.c_fc.bias
  neap.state @transformer.h.0.mlp.c_fc.bias.v : tensor<256xf32> of @transformer.h.0.mlp.c_fc.bias
  neap.state @transformer.h.0.mlp.c_proj.weight.m : tensor<256x64xf32> of @transformer.h.0.mlp.c_proj.weight
  neap.state @transformer.h.0.mlp.c_proj.weight.v : tensor<256x64xf32> of @transformer.h.0.mlp.c_proj.weight
  neap.state @transformer.h.0.mlp.c_proj.bias.m : tensor<64xf32> of @transformer.h.0.mlp.c_proj.bias
  neap.state @transformer.h.0.mlp.c_proj.bias.v : tensor<64xf32> of @transformer.h.0.mlp.c_proj.bias
  neap.state @transformer.h.1.ln_1.weight.m : tensor<64xf32> of @transformer.h.1.ln_1.weight
  neap.state @transformer.h.1.ln_1.weight.v : tensor<64xf32> of @transformer.h.1.ln_1.weight
  neap.state @transformer.h.1.ln_1.bias.m : tensor<64xf32> of @transformer.h.1.ln_1.bias
  neap.state @transformer.h.1.ln_1.bias.v : tensor<64xf32> of @transformer.h.1.ln_1.bias
  neap.state @transformer.h.1.attn.c_attn.weight.m : tensor<64x192xf32> of @transformer.h.1.attn.c_attn.weight
  neap.state @transformer.h.1.attn.c_attn.weight.v : tensor<64x192xf32> of @transformer.h.1.attn.c_attn.weight
  neap.state @transformer.h.1.attn.c_attn.bias.m : tensor<192xf32> of @transformer.h.1.attn.c_attn.bias
  neap.state @transformer.h.1.attn.c_attn.bias.v : tensor<192xf32> of @transformer.h.1.attn.c_attn.bias
  neap.state @transformer.h.1.attn.c_proj.weight.m : tensor<64x64xf32> of @transformer.h.1.attn.c_proj.weight
  neap.state @transformer.h.1.attn.c_proj.weight.v : tensor<64x64xf32> of @transformer.h.1.attn.c_proj.weight
  neap.state @transformer.h.1.attn.c_proj.bias.m : tensor<64xf32> of @transformer.h.1.attn.c_proj.bias
  neap.state @transformer.h.1.attn.c_proj.bias.v : tensor<64xf32> of @transformer.h.1.attn.c_proj.bias
  neap.state @transformer.h.1.ln_2.weight.m : tensor<64xf32> of @transformer.h.1.ln_2.weight
  neap.state @transformer.h.1.ln_2.weight.v : tensor<64xf32> of @transformer.h.1.ln_2.weight
  neap.state @transformer.h.1.ln_2.bias.m : tensor<64xf32> of @transformer.h.1.ln_2.bias
  neap.state @transformer.h.1.ln_2.bias.v : tensor<64xf32> of @transformer.h.1.ln_2.bias
  neap.state @transformer.h.1.mlp.c_fc.weight.m : tensor<64x256xf32> of @transformer.h.1.mlp.c_fc.weight
  neap.state @transformer.h.1.mlp.c_fc.weight.v : tensor<64x256xf32> of @transformer.h.1.mlp.c_fc.weight
  neap.state @transformer.h.1.mlp.c_fc.bias.m : tensor<256xf32> of @transformer.h.1.mlp.c_fc.bias
  neap.state @transformer.h.1.mlp.c_fc.bias.v : tensor<256xf32> of @transformer.h.1.mlp.c_fc.bias
  neap.state @transformer.h.1.mlp.c_proj.weight.m : tensor<256x64xf32> of @transformer.h.1.mlp.c_proj.weight
  neap.state @transformer.h.1.mlp.c_proj.weight.v : tensor<256x64xf32> of @transformer.h.1.mlp.c_proj.weight
  neap.state @transformer.h.1.mlp.c_proj.bias.m : tensor<64xf32> of @transformer.h.1.mlp.c_proj.bias
  neap.state @transformer.h.1.mlp.c_proj.bias.v : tensor<64xf32> of @transformer.h.1.mlp.c_proj.bias
  neap.state @transformer.ln_f.weight.m : tensor<64xf32> of @transformer.ln_f.weight
  neap.state @transformer.ln_f.weight.v : tensor<64xf32> of @transformer.ln_f.weight
  neap.state @transformer.ln_f.bias.m : tensor<64xf32> of @transformer.ln_f.bias
  neap.state @transformer.ln_f.bias.v : tensor<64xf32> of @transformer.ln_f.bias
  neap.state @lm_head.weight.m : tensor<256x64xf32> of @lm_head.weight
  neap.state @lm_head.weight.v : tensor<256x64xf32> of @lm_head.weight
  neap.state @embedding_1.m : tensor<1x64x64xf32> of @embedding_1
  neap.state @embedding_1.v : tensor<1x64x64xf32> of @embedding_1
  neap.step @forward(%arg0: tensor<4x64xi64> {neap.limit = 256 : i64, neap.minimum = 0 : i64, neap.name = "input_ids", neap.role = "tokens"}, %arg1: tensor<4x64xi64> {neap.ignore = -100 : i64, neap.limit = 256 : i64, neap.minimum = 0 : i64, neap.name = "labels", neap.role = "labels"}) -> (tensor<f32> {neap.name = "loss"}, tensor<f32> {neap.name = "gradient_norm"}) {
    %0 = neap.constant dense<1.000000e+00> : tensor<f32>
    %1 = neap.constant dense<-100> : tensor<4x1xi64>
    %2 = neap.read @transformer.h.0.ln_1.weight : tensor<64xf32>
    %3 = neap.read @transformer.h.0.ln_1.bias : tensor<64xf32>
    %4 = neap.read @transformer.h.0.attn.c_attn.weight : tensor<64x192xf32>
    %5 = neap.read @transformer.h.0.attn.c_attn.bias : tensor<192xf32>
    %6 = neap.read @transformer.h.0.attn.c_proj.weight : tensor<64x64xf32>
    %7 = neap.read @transformer.h.0.attn.c_proj.bias : tensor<64xf32>
    %8 = neap.read @transformer.h.0.ln_2.weight : tensor<64xf32>
    %9 = neap.read @transformer.h.0.ln_2.bias : tensor<64xf32>
    %10 = neap.read @transformer.h.0.mlp.c_fc.weight : tensor<64x256xf32>
    %11 = neap.read @transformer.h.0.mlp.c_fc.bias : tensor<256xf32>
    %12 = neap.read @transformer.h.0.mlp.c_proj.weight : tensor<256x64xf32>
    %13 = neap.read @transformer.h.0.mlp.c_proj.bias : tensor<64xf32>
    %14 = neap.read @transformer.h.1.ln_1.weight : tensor<64xf32>
    %15 = neap.read @transformer.h.1.ln_1.bias : tensor<64xf32>
    %16 = neap.read @transformer.h.1.attn.c_attn.weight : tensor<64x192xf32>
    %17 = neap.read @transformer.h.1.attn.c_attn.bias : tensor<192xf32>
    %18 = neap.read @transformer.h.1.attn.c_proj.weight : tensor<64x64xf32>
    %19 = neap.read @transformer.h.1.attn.c_proj.bias : tensor<64xf32>
    %20 = neap.read @transformer.h.1.ln_2.weight : tensor<64xf32>
    %21 = neap.read @transformer.h.1.ln_2.bias : tensor<64xf32>
    %22 = neap.read @transformer.h.1.mlp.c_fc.weight : tensor<64x256xf32>
    %23 = neap.read @transformer.h.1.mlp.c_fc.bias : tensor<256xf32>
    %24 = neap.read @transformer.h.1.mlp.c_proj.weight : tensor<256x64xf32>
    %25 = neap.read @transformer.h.1.mlp.c_proj.bias : tensor<64xf32>
    %26 = neap.read @transformer.ln_f.weight : tensor<64xf32>
    %27 = neap.read @transformer.ln_f.bias : tensor<64xf32>
    %28 = neap.read @lm_head.weight : tensor<256x64xf32>
    %29 = neap.read @embedding_1 : tensor<1x64x64xf32>
    %30 = neap.gather %28, %arg0 : tensor<256x64xf32>, tensor<4x64xi64>
    %31 = neap.broadcast %29 : tensor<1x64x64xf32> -> tensor<4x64x64xf32>
    %32 = neap.add %30, %31 : tensor<4x64x64xf32>
    %result, %mean, %rstd = neap.layer_norm %32, %2, %3 {epsilon = 9.99999974E-6 : f32} : tensor<4x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %33 = neap.reshape %result : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %34 = neap.matmul %33, %4 : tensor<256x64xf32>, tensor<64x192xf32>
    %35 = neap.broadcast %5 : tensor<192xf32> -> tensor<256x192xf32>
    %36 = neap.add %34, %35 : tensor<256x192xf32>
    %37 = neap.reshape %36 : tensor<256x192xf32> -> tensor<4x64x192xf32>
    %38 = neap.slice %37 starts [0, 0, 0] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %39 = neap.slice %37 starts [0, 0, 64] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %40 = neap.slice %37 starts [0, 0, 128] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %41 = neap.reshape %39 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %42 = neap.reshape %40 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %43 = neap.transpose %42 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %44 = neap.reshape %38 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %45 = neap.transpose %44 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %46 = neap.transpose %41 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %result_0, %lse = neap.attention %45, %46, %43 {causal, scale = 2.500000e-01 : f32} : tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>
    %47 = neap.transpose %result_0 [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %48 = neap.reshape %47 : tensor<4x64x4x16xf32> -> tensor<256x64xf32>
    %49 = neap.matmul %48, %6 : tensor<256x64xf32>, tensor<64x64xf32>
    %50 = neap.broadcast %7 : tensor<64xf32> -> tensor<256x64xf32>
    %51 = neap.add %49, %50 : tensor<256x64xf32>
    %52 = neap.reshape %51 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %53 = neap.add %52, %32 : tensor<4x64x64xf32>
    %result_1, %mean_2, %rstd_3 = neap.layer_norm %53, %8, %9 {epsilon = 9.99999974E-6 : f32} : tensor<4x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %54 = neap.reshape %result_1 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %55 = neap.matmul %54, %10 : tensor<256x64xf32>, tensor<64x256xf32>
    %56 = neap.broadcast %11 : tensor<256xf32> -> tensor<256x256xf32>
    %57 = neap.add %55, %56 : tensor<256x256xf32>
    %58 = neap.reshape %57 : tensor<256x256xf32> -> tensor<4x64x256xf32>
    %59 = neap.gelu %58 {approximation = #neap<approximation tanh>} : tensor<4x64x256xf32>
    %60 = neap.reshape %59 : tensor<4x64x256xf32> -> tensor<256x256xf32>
    %61 = neap.matmul %60, %12 : tensor<256x256xf32>, tensor<256x64xf32>
    %62 = neap.broadcast %13 : tensor<64xf32> -> tensor<256x64xf32>
    %63 = neap.add %61, %62 : tensor<256x64xf32>
    %64 = neap.reshape %63 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %65 = neap.add %53, %64 : tensor<4x64x64xf32>
    %result_4, %mean_5, %rstd_6 = neap.layer_norm %65, %14, %15 {epsilon = 9.99999974E-6 : f32} : tensor<4x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %66 = neap.reshape %result_4 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %67 = neap.matmul %66, %16 : tensor<256x64xf32>, tensor<64x192xf32>
    %68 = neap.broadcast %17 : tensor<192xf32> -> tensor<256x192xf32>
    %69 = neap.add %67, %68 : tensor<256x192xf32>
    %70 = neap.reshape %69 : tensor<256x192xf32> -> tensor<4x64x192xf32>
    %71 = neap.slice %70 starts [0, 0, 0] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %72 = neap.slice %70 starts [0, 0, 64] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %73 = neap.slice %70 starts [0, 0, 128] sizes [4, 64, 64] strides [1, 1, 1] : tensor<4x64x192xf32>
    %74 = neap.reshape %72 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %75 = neap.reshape %73 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %76 = neap.transpose %75 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %77 = neap.reshape %71 : tensor<4x64x64xf32> -> tensor<4x64x4x16xf32>
    %78 = neap.transpose %77 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %79 = neap.transpose %74 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %result_7, %lse_8 = neap.attention %78, %79, %76 {causal, scale = 2.500000e-01 : f32} : tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>
    %80 = neap.transpose %result_7 [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %81 = neap.reshape %80 : tensor<4x64x4x16xf32> -> tensor<256x64xf32>
    %82 = neap.matmul %81, %18 : tensor<256x64xf32>, tensor<64x64xf32>
    %83 = neap.broadcast %19 : tensor<64xf32> -> tensor<256x64xf32>
    %84 = neap.add %82, %83 : tensor<256x64xf32>
    %85 = neap.reshape %84 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %86 = neap.add %85, %65 : tensor<4x64x64xf32>
    %result_9, %mean_10, %rstd_11 = neap.layer_norm %86, %20, %21 {epsilon = 9.99999974E-6 : f32} : tensor<4x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %87 = neap.reshape %result_9 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %88 = neap.matmul %87, %22 : tensor<256x64xf32>, tensor<64x256xf32>
    %89 = neap.broadcast %23 : tensor<256xf32> -> tensor<256x256xf32>
    %90 = neap.add %88, %89 : tensor<256x256xf32>
    %91 = neap.reshape %90 : tensor<256x256xf32> -> tensor<4x64x256xf32>
    %92 = neap.gelu %91 {approximation = #neap<approximation tanh>} : tensor<4x64x256xf32>
    %93 = neap.reshape %92 : tensor<4x64x256xf32> -> tensor<256x256xf32>
    %94 = neap.matmul %93, %24 : tensor<256x256xf32>, tensor<256x64xf32>
    %95 = neap.broadcast %25 : tensor<64xf32> -> tensor<256x64xf32>
    %96 = neap.add %94, %95 : tensor<256x64xf32>
    %97 = neap.reshape %96 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %98 = neap.add %86, %97 : tensor<4x64x64xf32>
    %result_12, %mean_13, %rstd_14 = neap.layer_norm %98, %26, %27 {epsilon = 9.99999974E-6 : f32} : tensor<4x64x64xf32>, tensor<64xf32>, tensor<64xf32>
    %99 = neap.transpose %28 [1, 0] : tensor<256x64xf32>
    %100 = neap.reshape %result_12 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %101 = neap.matmul %100, %99 : tensor<256x64xf32>, tensor<64x256xf32>
    %102 = neap.slice %arg1 starts [0, 1] sizes [4, 63] strides [1, 1] : tensor<4x64xi64>
    %103 = neap.concat %102, %1 axis 1 : tensor<4x63xi64>, tensor<4x1xi64>
    %104 = neap.reshape %103 : tensor<4x64xi64> -> tensor<256xi64>
    %loss, %lse_15, %count = neap.cross_entropy %101, %104 {ignore_index = -100 : i64} : tensor<256x256xf32>, tensor<256xi64>
    %105 = neap.cross_entropy_backward %101, %104, %lse_15, %count, %0 {ignore_index = -100 : i64} : tensor<256x256xf32>, tensor<256xi64>, tensor<256xf32>, tensor<f32>, tensor<f32>
    %106 = neap.matmul %105, %28 : tensor<256x256xf32>, tensor<256x64xf32>
    %107 = neap.transpose %100 [1, 0] : tensor<256x64xf32>
    %108 = neap.matmul %107, %105 : tensor<64x256xf32>, tensor<256x256xf32>
    %109 = neap.reshape %106 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %110 = neap.transpose %108 [1, 0] : tensor<64x256xf32>
    %operand_gradient, %scale_gradient, %bias_gradient = neap.layer_norm_backward %98, %26, %mean_13, %rstd_14, %109 : tensor<4x64x64xf32>, tensor<64xf32>, tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64x64xf32>
    neap.observe @transformer.ln_f.bias, %bias_gradient : tensor<64xf32>
    %111 = neap.read @transformer.ln_f.bias.m : tensor<64xf32>
    %112 = neap.read @transformer.ln_f.bias.v : tensor<64xf32>
    %113 = neap.step_value decay_factor : tensor<f32>
    %114 = neap.broadcast %113 : tensor<f32> -> tensor<64xf32>
    %115 = neap.mul %27, %114 : tensor<64xf32>
    %116 = neap.sub %bias_gradient, %111 : tensor<64xf32>
    %117 = neap.step_value one_minus_beta1 : tensor<f32>
    %118 = neap.broadcast %117 : tensor<f32> -> tensor<64xf32>
    %119 = neap.mul %116, %118 : tensor<64xf32>
    %120 = neap.add %111, %119 : tensor<64xf32>
    %121 = neap.step_value beta2 : tensor<f32>
    %122 = neap.broadcast %121 : tensor<f32> -> tensor<64xf32>
    %123 = neap.mul %112, %122 : tensor<64xf32>
    %124 = neap.step_value one_minus_beta2 : tensor<f32>
    %125 = neap.broadcast %124 : tensor<f32> -> tensor<64xf32>
    %126 = neap.mul %125, %bias_gradient : tensor<64xf32>
    %127 = neap.mul %126, %bias_gradient : tensor<64xf32>
    %128 = neap.add %123, %127 : tensor<64xf32>
    %129 = neap.sqrt %128 : tensor<64xf32>
    %130 = neap.step_value inverse_sqrt_correction2 : tensor<f32>
    %131 = neap.broadcast %130 : tensor<f32> -> tensor<64xf32>
    %132 = neap.mul %129, %131 : tensor<64xf32>
    %133 = neap.step_value step_size : tensor<f32>
    %134 = neap.broadcast %133 : tensor<f32> -> tensor<64xf32>
    %135 = neap.mul %134, %120 : tensor<64xf32>
    %136 = neap.step_value epsilon : tensor<f32>
    %137 = neap.broadcast %136 : tensor<f32> -> tensor<64xf32>
    %138 = neap.add %132, %137 : tensor<64xf32>
    %139 = neap.div %135, %138 : tensor<64xf32>
    %140 = neap.sub %115, %139 : tensor<64xf32>
    neap.write @transformer.ln_f.bias, %140 : tensor<64xf32>
    neap.write @transformer.ln_f.bias.m, %120 : tensor<64xf32>
    neap.write @transformer.ln_f.bias.v, %128 : tensor<64xf32>
    %141 = neap.mul %bias_gradient, %bias_gradient : tensor<64xf32>
    %142 = neap.reduce sum %141 axes [0] : tensor<64xf32>
    neap.observe @transformer.ln_f.weight, %scale_gradient : tensor<64xf32>
    %143 = neap.read @transformer.ln_f.weight.m : tensor<64xf32>
    %144 = neap.read @transformer.ln_f.weight.v : tensor<64xf32>
    %145 = neap.mul %26, %114 : tensor<64xf32>
    %146 = neap.sub %scale_gradient, %143 : tensor<64xf32>
    %147 = neap.mul %146, %118 : tensor<64xf32>
    %148 = neap.add %143, %147 : tensor<64xf32>
    %149 = neap.mul %144, %122 : tensor<64xf32>
    %150 = neap.mul %125, %scale_gradient : tensor<64xf32>
    %151 = neap.mul %150, %scale_gradient : tensor<64xf32>
    %152 = neap.add %149, %151 : tensor<64xf32>
    %153 = neap.sqrt %152 : tensor<64xf32>
    %154 = neap.mul %153, %131 : tensor<64xf32>
    %155 = neap.mul %134, %148 : tensor<64xf32>
    %156 = neap.add %154, %137 : tensor<64xf32>
    %157 = neap.div %155, %156 : tensor<64xf32>
    %158 = neap.sub %145, %157 : tensor<64xf32>
    neap.write @transformer.ln_f.weight, %158 : tensor<64xf32>
    neap.write @transformer.ln_f.weight.m, %148 : tensor<64xf32>
    neap.write @transformer.ln_f.weight.v, %152 : tensor<64xf32>
    %159 = neap.mul %scale_gradient, %scale_gradient : tensor<64xf32>
    %160 = neap.reduce sum %159 axes [0] : tensor<64xf32>
    %161 = neap.reshape %operand_gradient : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %162 = neap.reduce sum %161 axes [0] : tensor<256x64xf32>
    neap.observe @transformer.h.1.mlp.c_proj.bias, %162 : tensor<64xf32>
    %163 = neap.read @transformer.h.1.mlp.c_proj.bias.m : tensor<64xf32>
    %164 = neap.read @transformer.h.1.mlp.c_proj.bias.v : tensor<64xf32>
    %165 = neap.mul %25, %114 : tensor<64xf32>
    %166 = neap.sub %162, %163 : tensor<64xf32>
    %167 = neap.mul %166, %118 : tensor<64xf32>
    %168 = neap.add %163, %167 : tensor<64xf32>
    %169 = neap.mul %164, %122 : tensor<64xf32>
    %170 = neap.mul %125, %162 : tensor<64xf32>
    %171 = neap.mul %170, %162 : tensor<64xf32>
    %172 = neap.add %169, %171 : tensor<64xf32>
    %173 = neap.sqrt %172 : tensor<64xf32>
    %174 = neap.mul %173, %131 : tensor<64xf32>
    %175 = neap.mul %134, %168 : tensor<64xf32>
    %176 = neap.add %174, %137 : tensor<64xf32>
    %177 = neap.div %175, %176 : tensor<64xf32>
    %178 = neap.sub %165, %177 : tensor<64xf32>
    neap.write @transformer.h.1.mlp.c_proj.bias, %178 : tensor<64xf32>
    neap.write @transformer.h.1.mlp.c_proj.bias.m, %168 : tensor<64xf32>
    neap.write @transformer.h.1.mlp.c_proj.bias.v, %172 : tensor<64xf32>
    %179 = neap.mul %162, %162 : tensor<64xf32>
    %180 = neap.reduce sum %179 axes [0] : tensor<64xf32>
    %181 = neap.transpose %24 [1, 0] : tensor<256x64xf32>
    %182 = neap.matmul %161, %181 : tensor<256x64xf32>, tensor<64x256xf32>
    %183 = neap.transpose %93 [1, 0] : tensor<256x256xf32>
    %184 = neap.matmul %183, %161 : tensor<256x256xf32>, tensor<256x64xf32>
    neap.observe @transformer.h.1.mlp.c_proj.weight, %184 : tensor<256x64xf32>
    %185 = neap.read @transformer.h.1.mlp.c_proj.weight.m : tensor<256x64xf32>
    %186 = neap.read @transformer.h.1.mlp.c_proj.weight.v : tensor<256x64xf32>
    %187 = neap.broadcast %113 : tensor<f32> -> tensor<256x64xf32>
    %188 = neap.mul %24, %187 : tensor<256x64xf32>
    %189 = neap.sub %184, %185 : tensor<256x64xf32>
    %190 = neap.broadcast %117 : tensor<f32> -> tensor<256x64xf32>
    %191 = neap.mul %189, %190 : tensor<256x64xf32>
    %192 = neap.add %185, %191 : tensor<256x64xf32>
    %193 = neap.broadcast %121 : tensor<f32> -> tensor<256x64xf32>
    %194 = neap.mul %186, %193 : tensor<256x64xf32>
    %195 = neap.broadcast %124 : tensor<f32> -> tensor<256x64xf32>
    %196 = neap.mul %195, %184 : tensor<256x64xf32>
    %197 = neap.mul %196, %184 : tensor<256x64xf32>
    %198 = neap.add %194, %197 : tensor<256x64xf32>
    %199 = neap.sqrt %198 : tensor<256x64xf32>
    %200 = neap.broadcast %130 : tensor<f32> -> tensor<256x64xf32>
    %201 = neap.mul %199, %200 : tensor<256x64xf32>
    %202 = neap.broadcast %133 : tensor<f32> -> tensor<256x64xf32>
    %203 = neap.mul %202, %192 : tensor<256x64xf32>
    %204 = neap.broadcast %136 : tensor<f32> -> tensor<256x64xf32>
    %205 = neap.add %201, %204 : tensor<256x64xf32>
    %206 = neap.div %203, %205 : tensor<256x64xf32>
    %207 = neap.sub %188, %206 : tensor<256x64xf32>
    neap.write @transformer.h.1.mlp.c_proj.weight, %207 : tensor<256x64xf32>
    neap.write @transformer.h.1.mlp.c_proj.weight.m, %192 : tensor<256x64xf32>
    neap.write @transformer.h.1.mlp.c_proj.weight.v, %198 : tensor<256x64xf32>
    %208 = neap.mul %184, %184 : tensor<256x64xf32>
    %209 = neap.reduce sum %208 axes [1] : tensor<256x64xf32>
    %210 = neap.reduce sum %209 axes [0] : tensor<256xf32>
    %211 = neap.reshape %182 : tensor<256x256xf32> -> tensor<4x64x256xf32>
    %212 = neap.gelu_backward %91, %211 {approximation = #neap<approximation tanh>} : tensor<4x64x256xf32>
    %213 = neap.reshape %212 : tensor<4x64x256xf32> -> tensor<256x256xf32>
    %214 = neap.reduce sum %213 axes [0] : tensor<256x256xf32>
    neap.observe @transformer.h.1.mlp.c_fc.bias, %214 : tensor<256xf32>
    %215 = neap.read @transformer.h.1.mlp.c_fc.bias.m : tensor<256xf32>
    %216 = neap.read @transformer.h.1.mlp.c_fc.bias.v : tensor<256xf32>
    %217 = neap.broadcast %113 : tensor<f32> -> tensor<256xf32>
    %218 = neap.mul %23, %217 : tensor<256xf32>
    %219 = neap.sub %214, %215 : tensor<256xf32>
    %220 = neap.broadcast %117 : tensor<f32> -> tensor<256xf32>
    %221 = neap.mul %219, %220 : tensor<256xf32>
    %222 = neap.add %215, %221 : tensor<256xf32>
    %223 = neap.broadcast %121 : tensor<f32> -> tensor<256xf32>
    %224 = neap.mul %216, %223 : tensor<256xf32>
    %225 = neap.broadcast %124 : tensor<f32> -> tensor<256xf32>
    %226 = neap.mul %225, %214 : tensor<256xf32>
    %227 = neap.mul %226, %214 : tensor<256xf32>
    %228 = neap.add %224, %227 : tensor<256xf32>
    %229 = neap.sqrt %228 : tensor<256xf32>
    %230 = neap.broadcast %130 : tensor<f32> -> tensor<256xf32>
    %231 = neap.mul %229, %230 : tensor<256xf32>
    %232 = neap.broadcast %133 : tensor<f32> -> tensor<256xf32>
    %233 = neap.mul %232, %222 : tensor<256xf32>
    %234 = neap.broadcast %136 : tensor<f32> -> tensor<256xf32>
    %235 = neap.add %231, %234 : tensor<256xf32>
    %236 = neap.div %233, %235 : tensor<256xf32>
    %237 = neap.sub %218, %236 : tensor<256xf32>
    neap.write @transformer.h.1.mlp.c_fc.bias, %237 : tensor<256xf32>
    neap.write @transformer.h.1.mlp.c_fc.bias.m, %222 : tensor<256xf32>
    neap.write @transformer.h.1.mlp.c_fc.bias.v, %228 : tensor<256xf32>
    %238 = neap.mul %214, %214 : tensor<256xf32>
    %239 = neap.reduce sum %238 axes [0] : tensor<256xf32>
    %240 = neap.transpose %22 [1, 0] : tensor<64x256xf32>
    %241 = neap.matmul %213, %240 : tensor<256x256xf32>, tensor<256x64xf32>
    %242 = neap.transpose %87 [1, 0] : tensor<256x64xf32>
    %243 = neap.matmul %242, %213 : tensor<64x256xf32>, tensor<256x256xf32>
    neap.observe @transformer.h.1.mlp.c_fc.weight, %243 : tensor<64x256xf32>
    %244 = neap.read @transformer.h.1.mlp.c_fc.weight.m : tensor<64x256xf32>
    %245 = neap.read @transformer.h.1.mlp.c_fc.weight.v : tensor<64x256xf32>
    %246 = neap.broadcast %113 : tensor<f32> -> tensor<64x256xf32>
    %247 = neap.mul %22, %246 : tensor<64x256xf32>
    %248 = neap.sub %243, %244 : tensor<64x256xf32>
    %249 = neap.broadcast %117 : tensor<f32> -> tensor<64x256xf32>
    %250 = neap.mul %248, %249 : tensor<64x256xf32>
    %251 = neap.add %244, %250 : tensor<64x256xf32>
    %252 = neap.broadcast %121 : tensor<f32> -> tensor<64x256xf32>
    %253 = neap.mul %245, %252 : tensor<64x256xf32>
    %254 = neap.broadcast %124 : tensor<f32> -> tensor<64x256xf32>
    %255 = neap.mul %254, %243 : tensor<64x256xf32>
    %256 = neap.mul %255, %243 : tensor<64x256xf32>
    %257 = neap.add %253, %256 : tensor<64x256xf32>
    %258 = neap.sqrt %257 : tensor<64x256xf32>
    %259 = neap.broadcast %130 : tensor<f32> -> tensor<64x256xf32>
    %260 = neap.mul %258, %259 : tensor<64x256xf32>
    %261 = neap.broadcast %133 : tensor<f32> -> tensor<64x256xf32>
    %262 = neap.mul %261, %251 : tensor<64x256xf32>
    %263 = neap.broadcast %136 : tensor<f32> -> tensor<64x256xf32>
    %264 = neap.add %260, %263 : tensor<64x256xf32>
    %265 = neap.div %262, %264 : tensor<64x256xf32>
    %266 = neap.sub %247, %265 : tensor<64x256xf32>
    neap.write @transformer.h.1.mlp.c_fc.weight, %266 : tensor<64x256xf32>
    neap.write @transformer.h.1.mlp.c_fc.weight.m, %251 : tensor<64x256xf32>
    neap.write @transformer.h.1.mlp.c_fc.weight.v, %257 : tensor<64x256xf32>
    %267 = neap.mul %243, %243 : tensor<64x256xf32>
    %268 = neap.reduce sum %267 axes [1] : tensor<64x256xf32>
    %269 = neap.reduce sum %268 axes [0] : tensor<64xf32>
    %270 = neap.reshape %241 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %operand_gradient_16, %scale_gradient_17, %bias_gradient_18 = neap.layer_norm_backward %86, %20, %mean_10, %rstd_11, %270 : tensor<4x64x64xf32>, tensor<64xf32>, tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64x64xf32>
    neap.observe @transformer.h.1.ln_2.bias, %bias_gradient_18 : tensor<64xf32>
    %271 = neap.read @transformer.h.1.ln_2.bias.m : tensor<64xf32>
    %272 = neap.read @transformer.h.1.ln_2.bias.v : tensor<64xf32>
    %273 = neap.mul %21, %114 : tensor<64xf32>
    %274 = neap.sub %bias_gradient_18, %271 : tensor<64xf32>
    %275 = neap.mul %274, %118 : tensor<64xf32>
    %276 = neap.add %271, %275 : tensor<64xf32>
    %277 = neap.mul %272, %122 : tensor<64xf32>
    %278 = neap.mul %125, %bias_gradient_18 : tensor<64xf32>
    %279 = neap.mul %278, %bias_gradient_18 : tensor<64xf32>
    %280 = neap.add %277, %279 : tensor<64xf32>
    %281 = neap.sqrt %280 : tensor<64xf32>
    %282 = neap.mul %281, %131 : tensor<64xf32>
    %283 = neap.mul %134, %276 : tensor<64xf32>
    %284 = neap.add %282, %137 : tensor<64xf32>
    %285 = neap.div %283, %284 : tensor<64xf32>
    %286 = neap.sub %273, %285 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.bias, %286 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.bias.m, %276 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.bias.v, %280 : tensor<64xf32>
    %287 = neap.mul %bias_gradient_18, %bias_gradient_18 : tensor<64xf32>
    %288 = neap.reduce sum %287 axes [0] : tensor<64xf32>
    neap.observe @transformer.h.1.ln_2.weight, %scale_gradient_17 : tensor<64xf32>
    %289 = neap.read @transformer.h.1.ln_2.weight.m : tensor<64xf32>
    %290 = neap.read @transformer.h.1.ln_2.weight.v : tensor<64xf32>
    %291 = neap.mul %20, %114 : tensor<64xf32>
    %292 = neap.sub %scale_gradient_17, %289 : tensor<64xf32>
    %293 = neap.mul %292, %118 : tensor<64xf32>
    %294 = neap.add %289, %293 : tensor<64xf32>
    %295 = neap.mul %290, %122 : tensor<64xf32>
    %296 = neap.mul %125, %scale_gradient_17 : tensor<64xf32>
    %297 = neap.mul %296, %scale_gradient_17 : tensor<64xf32>
    %298 = neap.add %295, %297 : tensor<64xf32>
    %299 = neap.sqrt %298 : tensor<64xf32>
    %300 = neap.mul %299, %131 : tensor<64xf32>
    %301 = neap.mul %134, %294 : tensor<64xf32>
    %302 = neap.add %300, %137 : tensor<64xf32>
    %303 = neap.div %301, %302 : tensor<64xf32>
    %304 = neap.sub %291, %303 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.weight, %304 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.weight.m, %294 : tensor<64xf32>
    neap.write @transformer.h.1.ln_2.weight.v, %298 : tensor<64xf32>
    %305 = neap.mul %scale_gradient_17, %scale_gradient_17 : tensor<64xf32>
    %306 = neap.reduce sum %305 axes [0] : tensor<64xf32>
    %307 = neap.add %operand_gradient, %operand_gradient_16 : tensor<4x64x64xf32>
    %308 = neap.reshape %307 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %309 = neap.reduce sum %308 axes [0] : tensor<256x64xf32>
    neap.observe @transformer.h.1.attn.c_proj.bias, %309 : tensor<64xf32>
    %310 = neap.read @transformer.h.1.attn.c_proj.bias.m : tensor<64xf32>
    %311 = neap.read @transformer.h.1.attn.c_proj.bias.v : tensor<64xf32>
    %312 = neap.mul %19, %114 : tensor<64xf32>
    %313 = neap.sub %309, %310 : tensor<64xf32>
    %314 = neap.mul %313, %118 : tensor<64xf32>
    %315 = neap.add %310, %314 : tensor<64xf32>
    %316 = neap.mul %311, %122 : tensor<64xf32>
    %317 = neap.mul %125, %309 : tensor<64xf32>
    %318 = neap.mul %317, %309 : tensor<64xf32>
    %319 = neap.add %316, %318 : tensor<64xf32>
    %320 = neap.sqrt %319 : tensor<64xf32>
    %321 = neap.mul %320, %131 : tensor<64xf32>
    %322 = neap.mul %134, %315 : tensor<64xf32>
    %323 = neap.add %321, %137 : tensor<64xf32>
    %324 = neap.div %322, %323 : tensor<64xf32>
    %325 = neap.sub %312, %324 : tensor<64xf32>
    neap.write @transformer.h.1.attn.c_proj.bias, %325 : tensor<64xf32>
    neap.write @transformer.h.1.attn.c_proj.bias.m, %315 : tensor<64xf32>
    neap.write @transformer.h.1.attn.c_proj.bias.v, %319 : tensor<64xf32>
    %326 = neap.mul %309, %309 : tensor<64xf32>
    %327 = neap.reduce sum %326 axes [0] : tensor<64xf32>
    %328 = neap.transpose %18 [1, 0] : tensor<64x64xf32>
    %329 = neap.matmul %308, %328 : tensor<256x64xf32>, tensor<64x64xf32>
    %330 = neap.transpose %81 [1, 0] : tensor<256x64xf32>
    %331 = neap.matmul %330, %308 : tensor<64x256xf32>, tensor<256x64xf32>
    neap.observe @transformer.h.1.attn.c_proj.weight, %331 : tensor<64x64xf32>
    %332 = neap.read @transformer.h.1.attn.c_proj.weight.m : tensor<64x64xf32>
    %333 = neap.read @transformer.h.1.attn.c_proj.weight.v : tensor<64x64xf32>
    %334 = neap.broadcast %113 : tensor<f32> -> tensor<64x64xf32>
    %335 = neap.mul %18, %334 : tensor<64x64xf32>
    %336 = neap.sub %331, %332 : tensor<64x64xf32>
    %337 = neap.broadcast %117 : tensor<f32> -> tensor<64x64xf32>
    %338 = neap.mul %336, %337 : tensor<64x64xf32>
    %339 = neap.add %332, %338 : tensor<64x64xf32>
    %340 = neap.broadcast %121 : tensor<f32> -> tensor<64x64xf32>
    %341 = neap.mul %333, %340 : tensor<64x64xf32>
    %342 = neap.broadcast %124 : tensor<f32> -> tensor<64x64xf32>
    %343 = neap.mul %342, %331 : tensor<64x64xf32>
    %344 = neap.mul %343, %331 : tensor<64x64xf32>
    %345 = neap.add %341, %344 : tensor<64x64xf32>
    %346 = neap.sqrt %345 : tensor<64x64xf32>
    %347 = neap.broadcast %130 : tensor<f32> -> tensor<64x64xf32>
    %348 = neap.mul %346, %347 : tensor<64x64xf32>
    %349 = neap.broadcast %133 : tensor<f32> -> tensor<64x64xf32>
    %350 = neap.mul %349, %339 : tensor<64x64xf32>
    %351 = neap.broadcast %136 : tensor<f32> -> tensor<64x64xf32>
    %352 = neap.add %348, %351 : tensor<64x64xf32>
    %353 = neap.div %350, %352 : tensor<64x64xf32>
    %354 = neap.sub %335, %353 : tensor<64x64xf32>
    neap.write @transformer.h.1.attn.c_proj.weight, %354 : tensor<64x64xf32>
    neap.write @transformer.h.1.attn.c_proj.weight.m, %339 : tensor<64x64xf32>
    neap.write @transformer.h.1.attn.c_proj.weight.v, %345 : tensor<64x64xf32>
    %355 = neap.mul %331, %331 : tensor<64x64xf32>
    %356 = neap.reduce sum %355 axes [1] : tensor<64x64xf32>
    %357 = neap.reduce sum %356 axes [0] : tensor<64xf32>
    %358 = neap.reshape %329 : tensor<256x64xf32> -> tensor<4x64x4x16xf32>
    %359 = neap.transpose %358 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %query_gradient, %key_gradient, %value_gradient = neap.attention_backward %78, %79, %76, %lse_8, %359 {causal, scale = 2.500000e-01 : f32} : tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64xf32>, tensor<4x4x64x16xf32>
    %360 = neap.transpose %key_gradient [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %361 = neap.transpose %query_gradient [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %362 = neap.reshape %361 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %363 = neap.transpose %value_gradient [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %364 = neap.reshape %363 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %365 = neap.reshape %360 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %366 = neap.concat %362, %365, %364 axis 2 : tensor<4x64x64xf32>, tensor<4x64x64xf32>, tensor<4x64x64xf32>
    %367 = neap.reshape %366 : tensor<4x64x192xf32> -> tensor<256x192xf32>
    %368 = neap.reduce sum %367 axes [0] : tensor<256x192xf32>
    neap.observe @transformer.h.1.attn.c_attn.bias, %368 : tensor<192xf32>
    %369 = neap.read @transformer.h.1.attn.c_attn.bias.m : tensor<192xf32>
    %370 = neap.read @transformer.h.1.attn.c_attn.bias.v : tensor<192xf32>
    %371 = neap.broadcast %113 : tensor<f32> -> tensor<192xf32>
    %372 = neap.mul %17, %371 : tensor<192xf32>
    %373 = neap.sub %368, %369 : tensor<192xf32>
    %374 = neap.broadcast %117 : tensor<f32> -> tensor<192xf32>
    %375 = neap.mul %373, %374 : tensor<192xf32>
    %376 = neap.add %369, %375 : tensor<192xf32>
    %377 = neap.broadcast %121 : tensor<f32> -> tensor<192xf32>
    %378 = neap.mul %370, %377 : tensor<192xf32>
    %379 = neap.broadcast %124 : tensor<f32> -> tensor<192xf32>
    %380 = neap.mul %379, %368 : tensor<192xf32>
    %381 = neap.mul %380, %368 : tensor<192xf32>
    %382 = neap.add %378, %381 : tensor<192xf32>
    %383 = neap.sqrt %382 : tensor<192xf32>
    %384 = neap.broadcast %130 : tensor<f32> -> tensor<192xf32>
    %385 = neap.mul %383, %384 : tensor<192xf32>
    %386 = neap.broadcast %133 : tensor<f32> -> tensor<192xf32>
    %387 = neap.mul %386, %376 : tensor<192xf32>
    %388 = neap.broadcast %136 : tensor<f32> -> tensor<192xf32>
    %389 = neap.add %385, %388 : tensor<192xf32>
    %390 = neap.div %387, %389 : tensor<192xf32>
    %391 = neap.sub %372, %390 : tensor<192xf32>
    neap.write @transformer.h.1.attn.c_attn.bias, %391 : tensor<192xf32>
    neap.write @transformer.h.1.attn.c_attn.bias.m, %376 : tensor<192xf32>
    neap.write @transformer.h.1.attn.c_attn.bias.v, %382 : tensor<192xf32>
    %392 = neap.mul %368, %368 : tensor<192xf32>
    %393 = neap.reduce sum %392 axes [0] : tensor<192xf32>
    %394 = neap.transpose %16 [1, 0] : tensor<64x192xf32>
    %395 = neap.matmul %367, %394 : tensor<256x192xf32>, tensor<192x64xf32>
    %396 = neap.transpose %66 [1, 0] : tensor<256x64xf32>
    %397 = neap.matmul %396, %367 : tensor<64x256xf32>, tensor<256x192xf32>
    neap.observe @transformer.h.1.attn.c_attn.weight, %397 : tensor<64x192xf32>
    %398 = neap.read @transformer.h.1.attn.c_attn.weight.m : tensor<64x192xf32>
    %399 = neap.read @transformer.h.1.attn.c_attn.weight.v : tensor<64x192xf32>
    %400 = neap.broadcast %113 : tensor<f32> -> tensor<64x192xf32>
    %401 = neap.mul %16, %400 : tensor<64x192xf32>
    %402 = neap.sub %397, %398 : tensor<64x192xf32>
    %403 = neap.broadcast %117 : tensor<f32> -> tensor<64x192xf32>
    %404 = neap.mul %402, %403 : tensor<64x192xf32>
    %405 = neap.add %398, %404 : tensor<64x192xf32>
    %406 = neap.broadcast %121 : tensor<f32> -> tensor<64x192xf32>
    %407 = neap.mul %399, %406 : tensor<64x192xf32>
    %408 = neap.broadcast %124 : tensor<f32> -> tensor<64x192xf32>
    %409 = neap.mul %408, %397 : tensor<64x192xf32>
    %410 = neap.mul %409, %397 : tensor<64x192xf32>
    %411 = neap.add %407, %410 : tensor<64x192xf32>
    %412 = neap.sqrt %411 : tensor<64x192xf32>
    %413 = neap.broadcast %130 : tensor<f32> -> tensor<64x192xf32>
    %414 = neap.mul %412, %413 : tensor<64x192xf32>
    %415 = neap.broadcast %133 : tensor<f32> -> tensor<64x192xf32>
    %416 = neap.mul %415, %405 : tensor<64x192xf32>
    %417 = neap.broadcast %136 : tensor<f32> -> tensor<64x192xf32>
    %418 = neap.add %414, %417 : tensor<64x192xf32>
    %419 = neap.div %416, %418 : tensor<64x192xf32>
    %420 = neap.sub %401, %419 : tensor<64x192xf32>
    neap.write @transformer.h.1.attn.c_attn.weight, %420 : tensor<64x192xf32>
    neap.write @transformer.h.1.attn.c_attn.weight.m, %405 : tensor<64x192xf32>
    neap.write @transformer.h.1.attn.c_attn.weight.v, %411 : tensor<64x192xf32>
    %421 = neap.mul %397, %397 : tensor<64x192xf32>
    %422 = neap.reduce sum %421 axes [1] : tensor<64x192xf32>
    %423 = neap.reduce sum %422 axes [0] : tensor<64xf32>
    %424 = neap.reshape %395 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %operand_gradient_19, %scale_gradient_20, %bias_gradient_21 = neap.layer_norm_backward %65, %14, %mean_5, %rstd_6, %424 : tensor<4x64x64xf32>, tensor<64xf32>, tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64x64xf32>
    neap.observe @transformer.h.1.ln_1.bias, %bias_gradient_21 : tensor<64xf32>
    %425 = neap.read @transformer.h.1.ln_1.bias.m : tensor<64xf32>
    %426 = neap.read @transformer.h.1.ln_1.bias.v : tensor<64xf32>
    %427 = neap.mul %15, %114 : tensor<64xf32>
    %428 = neap.sub %bias_gradient_21, %425 : tensor<64xf32>
    %429 = neap.mul %428, %118 : tensor<64xf32>
    %430 = neap.add %425, %429 : tensor<64xf32>
    %431 = neap.mul %426, %122 : tensor<64xf32>
    %432 = neap.mul %125, %bias_gradient_21 : tensor<64xf32>
    %433 = neap.mul %432, %bias_gradient_21 : tensor<64xf32>
    %434 = neap.add %431, %433 : tensor<64xf32>
    %435 = neap.sqrt %434 : tensor<64xf32>
    %436 = neap.mul %435, %131 : tensor<64xf32>
    %437 = neap.mul %134, %430 : tensor<64xf32>
    %438 = neap.add %436, %137 : tensor<64xf32>
    %439 = neap.div %437, %438 : tensor<64xf32>
    %440 = neap.sub %427, %439 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.bias, %440 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.bias.m, %430 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.bias.v, %434 : tensor<64xf32>
    %441 = neap.mul %bias_gradient_21, %bias_gradient_21 : tensor<64xf32>
    %442 = neap.reduce sum %441 axes [0] : tensor<64xf32>
    neap.observe @transformer.h.1.ln_1.weight, %scale_gradient_20 : tensor<64xf32>
    %443 = neap.read @transformer.h.1.ln_1.weight.m : tensor<64xf32>
    %444 = neap.read @transformer.h.1.ln_1.weight.v : tensor<64xf32>
    %445 = neap.mul %14, %114 : tensor<64xf32>
    %446 = neap.sub %scale_gradient_20, %443 : tensor<64xf32>
    %447 = neap.mul %446, %118 : tensor<64xf32>
    %448 = neap.add %443, %447 : tensor<64xf32>
    %449 = neap.mul %444, %122 : tensor<64xf32>
    %450 = neap.mul %125, %scale_gradient_20 : tensor<64xf32>
    %451 = neap.mul %450, %scale_gradient_20 : tensor<64xf32>
    %452 = neap.add %449, %451 : tensor<64xf32>
    %453 = neap.sqrt %452 : tensor<64xf32>
    %454 = neap.mul %453, %131 : tensor<64xf32>
    %455 = neap.mul %134, %448 : tensor<64xf32>
    %456 = neap.add %454, %137 : tensor<64xf32>
    %457 = neap.div %455, %456 : tensor<64xf32>
    %458 = neap.sub %445, %457 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.weight, %458 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.weight.m, %448 : tensor<64xf32>
    neap.write @transformer.h.1.ln_1.weight.v, %452 : tensor<64xf32>
    %459 = neap.mul %scale_gradient_20, %scale_gradient_20 : tensor<64xf32>
    %460 = neap.reduce sum %459 axes [0] : tensor<64xf32>
    %461 = neap.add %307, %operand_gradient_19 : tensor<4x64x64xf32>
    %462 = neap.reshape %461 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %463 = neap.reduce sum %462 axes [0] : tensor<256x64xf32>
    neap.observe @transformer.h.0.mlp.c_proj.bias, %463 : tensor<64xf32>
    %464 = neap.read @transformer.h.0.mlp.c_proj.bias.m : tensor<64xf32>
    %465 = neap.read @transformer.h.0.mlp.c_proj.bias.v : tensor<64xf32>
    %466 = neap.mul %13, %114 : tensor<64xf32>
    %467 = neap.sub %463, %464 : tensor<64xf32>
    %468 = neap.mul %467, %118 : tensor<64xf32>
    %469 = neap.add %464, %468 : tensor<64xf32>
    %470 = neap.mul %465, %122 : tensor<64xf32>
    %471 = neap.mul %125, %463 : tensor<64xf32>
    %472 = neap.mul %471, %463 : tensor<64xf32>
    %473 = neap.add %470, %472 : tensor<64xf32>
    %474 = neap.sqrt %473 : tensor<64xf32>
    %475 = neap.mul %474, %131 : tensor<64xf32>
    %476 = neap.mul %134, %469 : tensor<64xf32>
    %477 = neap.add %475, %137 : tensor<64xf32>
    %478 = neap.div %476, %477 : tensor<64xf32>
    %479 = neap.sub %466, %478 : tensor<64xf32>
    neap.write @transformer.h.0.mlp.c_proj.bias, %479 : tensor<64xf32>
    neap.write @transformer.h.0.mlp.c_proj.bias.m, %469 : tensor<64xf32>
    neap.write @transformer.h.0.mlp.c_proj.bias.v, %473 : tensor<64xf32>
    %480 = neap.mul %463, %463 : tensor<64xf32>
    %481 = neap.reduce sum %480 axes [0] : tensor<64xf32>
    %482 = neap.transpose %12 [1, 0] : tensor<256x64xf32>
    %483 = neap.matmul %462, %482 : tensor<256x64xf32>, tensor<64x256xf32>
    %484 = neap.transpose %60 [1, 0] : tensor<256x256xf32>
    %485 = neap.matmul %484, %462 : tensor<256x256xf32>, tensor<256x64xf32>
    neap.observe @transformer.h.0.mlp.c_proj.weight, %485 : tensor<256x64xf32>
    %486 = neap.read @transformer.h.0.mlp.c_proj.weight.m : tensor<256x64xf32>
    %487 = neap.read @transformer.h.0.mlp.c_proj.weight.v : tensor<256x64xf32>
    %488 = neap.mul %12, %187 : tensor<256x64xf32>
    %489 = neap.sub %485, %486 : tensor<256x64xf32>
    %490 = neap.mul %489, %190 : tensor<256x64xf32>
    %491 = neap.add %486, %490 : tensor<256x64xf32>
    %492 = neap.mul %487, %193 : tensor<256x64xf32>
    %493 = neap.mul %195, %485 : tensor<256x64xf32>
    %494 = neap.mul %493, %485 : tensor<256x64xf32>
    %495 = neap.add %492, %494 : tensor<256x64xf32>
    %496 = neap.sqrt %495 : tensor<256x64xf32>
    %497 = neap.mul %496, %200 : tensor<256x64xf32>
    %498 = neap.mul %202, %491 : tensor<256x64xf32>
    %499 = neap.add %497, %204 : tensor<256x64xf32>
    %500 = neap.div %498, %499 : tensor<256x64xf32>
    %501 = neap.sub %488, %500 : tensor<256x64xf32>
    neap.write @transformer.h.0.mlp.c_proj.weight, %501 : tensor<256x64xf32>
    neap.write @transformer.h.0.mlp.c_proj.weight.m, %491 : tensor<256x64xf32>
    neap.write @transformer.h.0.mlp.c_proj.weight.v, %495 : tensor<256x64xf32>
    %502 = neap.mul %485, %485 : tensor<256x64xf32>
    %503 = neap.reduce sum %502 axes [1] : tensor<256x64xf32>
    %504 = neap.reduce sum %503 axes [0] : tensor<256xf32>
    %505 = neap.reshape %483 : tensor<256x256xf32> -> tensor<4x64x256xf32>
    %506 = neap.gelu_backward %58, %505 {approximation = #neap<approximation tanh>} : tensor<4x64x256xf32>
    %507 = neap.reshape %506 : tensor<4x64x256xf32> -> tensor<256x256xf32>
    %508 = neap.reduce sum %507 axes [0] : tensor<256x256xf32>
    neap.observe @transformer.h.0.mlp.c_fc.bias, %508 : tensor<256xf32>
    %509 = neap.read @transformer.h.0.mlp.c_fc.bias.m : tensor<256xf32>
    %510 = neap.read @transformer.h.0.mlp.c_fc.bias.v : tensor<256xf32>
    %511 = neap.mul %11, %217 : tensor<256xf32>
    %512 = neap.sub %508, %509 : tensor<256xf32>
    %513 = neap.mul %512, %220 : tensor<256xf32>
    %514 = neap.add %509, %513 : tensor<256xf32>
    %515 = neap.mul %510, %223 : tensor<256xf32>
    %516 = neap.mul %225, %508 : tensor<256xf32>
    %517 = neap.mul %516, %508 : tensor<256xf32>
    %518 = neap.add %515, %517 : tensor<256xf32>
    %519 = neap.sqrt %518 : tensor<256xf32>
    %520 = neap.mul %519, %230 : tensor<256xf32>
    %521 = neap.mul %232, %514 : tensor<256xf32>
    %522 = neap.add %520, %234 : tensor<256xf32>
    %523 = neap.div %521, %522 : tensor<256xf32>
    %524 = neap.sub %511, %523 : tensor<256xf32>
    neap.write @transformer.h.0.mlp.c_fc.bias, %524 : tensor<256xf32>
    neap.write @transformer.h.0.mlp.c_fc.bias.m, %514 : tensor<256xf32>
    neap.write @transformer.h.0.mlp.c_fc.bias.v, %518 : tensor<256xf32>
    %525 = neap.mul %508, %508 : tensor<256xf32>
    %526 = neap.reduce sum %525 axes [0] : tensor<256xf32>
    %527 = neap.transpose %10 [1, 0] : tensor<64x256xf32>
    %528 = neap.matmul %507, %527 : tensor<256x256xf32>, tensor<256x64xf32>
    %529 = neap.transpose %54 [1, 0] : tensor<256x64xf32>
    %530 = neap.matmul %529, %507 : tensor<64x256xf32>, tensor<256x256xf32>
    neap.observe @transformer.h.0.mlp.c_fc.weight, %530 : tensor<64x256xf32>
    %531 = neap.read @transformer.h.0.mlp.c_fc.weight.m : tensor<64x256xf32>
    %532 = neap.read @transformer.h.0.mlp.c_fc.weight.v : tensor<64x256xf32>
    %533 = neap.mul %10, %246 : tensor<64x256xf32>
    %534 = neap.sub %530, %531 : tensor<64x256xf32>
    %535 = neap.mul %534, %249 : tensor<64x256xf32>
    %536 = neap.add %531, %535 : tensor<64x256xf32>
    %537 = neap.mul %532, %252 : tensor<64x256xf32>
    %538 = neap.mul %254, %530 : tensor<64x256xf32>
    %539 = neap.mul %538, %530 : tensor<64x256xf32>
    %540 = neap.add %537, %539 : tensor<64x256xf32>
    %541 = neap.sqrt %540 : tensor<64x256xf32>
    %542 = neap.mul %541, %259 : tensor<64x256xf32>
    %543 = neap.mul %261, %536 : tensor<64x256xf32>
    %544 = neap.add %542, %263 : tensor<64x256xf32>
    %545 = neap.div %543, %544 : tensor<64x256xf32>
    %546 = neap.sub %533, %545 : tensor<64x256xf32>
    neap.write @transformer.h.0.mlp.c_fc.weight, %546 : tensor<64x256xf32>
    neap.write @transformer.h.0.mlp.c_fc.weight.m, %536 : tensor<64x256xf32>
    neap.write @transformer.h.0.mlp.c_fc.weight.v, %540 : tensor<64x256xf32>
    %547 = neap.mul %530, %530 : tensor<64x256xf32>
    %548 = neap.reduce sum %547 axes [1] : tensor<64x256xf32>
    %549 = neap.reduce sum %548 axes [0] : tensor<64xf32>
    %550 = neap.reshape %528 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %operand_gradient_22, %scale_gradient_23, %bias_gradient_24 = neap.layer_norm_backward %53, %8, %mean_2, %rstd_3, %550 : tensor<4x64x64xf32>, tensor<64xf32>, tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64x64xf32>
    neap.observe @transformer.h.0.ln_2.bias, %bias_gradient_24 : tensor<64xf32>
    %551 = neap.read @transformer.h.0.ln_2.bias.m : tensor<64xf32>
    %552 = neap.read @transformer.h.0.ln_2.bias.v : tensor<64xf32>
    %553 = neap.mul %9, %114 : tensor<64xf32>
    %554 = neap.sub %bias_gradient_24, %551 : tensor<64xf32>
    %555 = neap.mul %554, %118 : tensor<64xf32>
    %556 = neap.add %551, %555 : tensor<64xf32>
    %557 = neap.mul %552, %122 : tensor<64xf32>
    %558 = neap.mul %125, %bias_gradient_24 : tensor<64xf32>
    %559 = neap.mul %558, %bias_gradient_24 : tensor<64xf32>
    %560 = neap.add %557, %559 : tensor<64xf32>
    %561 = neap.sqrt %560 : tensor<64xf32>
    %562 = neap.mul %561, %131 : tensor<64xf32>
    %563 = neap.mul %134, %556 : tensor<64xf32>
    %564 = neap.add %562, %137 : tensor<64xf32>
    %565 = neap.div %563, %564 : tensor<64xf32>
    %566 = neap.sub %553, %565 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.bias, %566 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.bias.m, %556 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.bias.v, %560 : tensor<64xf32>
    %567 = neap.mul %bias_gradient_24, %bias_gradient_24 : tensor<64xf32>
    %568 = neap.reduce sum %567 axes [0] : tensor<64xf32>
    neap.observe @transformer.h.0.ln_2.weight, %scale_gradient_23 : tensor<64xf32>
    %569 = neap.read @transformer.h.0.ln_2.weight.m : tensor<64xf32>
    %570 = neap.read @transformer.h.0.ln_2.weight.v : tensor<64xf32>
    %571 = neap.mul %8, %114 : tensor<64xf32>
    %572 = neap.sub %scale_gradient_23, %569 : tensor<64xf32>
    %573 = neap.mul %572, %118 : tensor<64xf32>
    %574 = neap.add %569, %573 : tensor<64xf32>
    %575 = neap.mul %570, %122 : tensor<64xf32>
    %576 = neap.mul %125, %scale_gradient_23 : tensor<64xf32>
    %577 = neap.mul %576, %scale_gradient_23 : tensor<64xf32>
    %578 = neap.add %575, %577 : tensor<64xf32>
    %579 = neap.sqrt %578 : tensor<64xf32>
    %580 = neap.mul %579, %131 : tensor<64xf32>
    %581 = neap.mul %134, %574 : tensor<64xf32>
    %582 = neap.add %580, %137 : tensor<64xf32>
    %583 = neap.div %581, %582 : tensor<64xf32>
    %584 = neap.sub %571, %583 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.weight, %584 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.weight.m, %574 : tensor<64xf32>
    neap.write @transformer.h.0.ln_2.weight.v, %578 : tensor<64xf32>
    %585 = neap.mul %scale_gradient_23, %scale_gradient_23 : tensor<64xf32>
    %586 = neap.reduce sum %585 axes [0] : tensor<64xf32>
    %587 = neap.add %461, %operand_gradient_22 : tensor<4x64x64xf32>
    %588 = neap.reshape %587 : tensor<4x64x64xf32> -> tensor<256x64xf32>
    %589 = neap.reduce sum %588 axes [0] : tensor<256x64xf32>
    neap.observe @transformer.h.0.attn.c_proj.bias, %589 : tensor<64xf32>
    %590 = neap.read @transformer.h.0.attn.c_proj.bias.m : tensor<64xf32>
    %591 = neap.read @transformer.h.0.attn.c_proj.bias.v : tensor<64xf32>
    %592 = neap.mul %7, %114 : tensor<64xf32>
    %593 = neap.sub %589, %590 : tensor<64xf32>
    %594 = neap.mul %593, %118 : tensor<64xf32>
    %595 = neap.add %590, %594 : tensor<64xf32>
    %596 = neap.mul %591, %122 : tensor<64xf32>
    %597 = neap.mul %125, %589 : tensor<64xf32>
    %598 = neap.mul %597, %589 : tensor<64xf32>
    %599 = neap.add %596, %598 : tensor<64xf32>
    %600 = neap.sqrt %599 : tensor<64xf32>
    %601 = neap.mul %600, %131 : tensor<64xf32>
    %602 = neap.mul %134, %595 : tensor<64xf32>
    %603 = neap.add %601, %137 : tensor<64xf32>
    %604 = neap.div %602, %603 : tensor<64xf32>
    %605 = neap.sub %592, %604 : tensor<64xf32>
    neap.write @transformer.h.0.attn.c_proj.bias, %605 : tensor<64xf32>
    neap.write @transformer.h.0.attn.c_proj.bias.m, %595 : tensor<64xf32>
    neap.write @transformer.h.0.attn.c_proj.bias.v, %599 : tensor<64xf32>
    %606 = neap.mul %589, %589 : tensor<64xf32>
    %607 = neap.reduce sum %606 axes [0] : tensor<64xf32>
    %608 = neap.transpose %6 [1, 0] : tensor<64x64xf32>
    %609 = neap.matmul %588, %608 : tensor<256x64xf32>, tensor<64x64xf32>
    %610 = neap.transpose %48 [1, 0] : tensor<256x64xf32>
    %611 = neap.matmul %610, %588 : tensor<64x256xf32>, tensor<256x64xf32>
    neap.observe @transformer.h.0.attn.c_proj.weight, %611 : tensor<64x64xf32>
    %612 = neap.read @transformer.h.0.attn.c_proj.weight.m : tensor<64x64xf32>
    %613 = neap.read @transformer.h.0.attn.c_proj.weight.v : tensor<64x64xf32>
    %614 = neap.mul %6, %334 : tensor<64x64xf32>
    %615 = neap.sub %611, %612 : tensor<64x64xf32>
    %616 = neap.mul %615, %337 : tensor<64x64xf32>
    %617 = neap.add %612, %616 : tensor<64x64xf32>
    %618 = neap.mul %613, %340 : tensor<64x64xf32>
    %619 = neap.mul %342, %611 : tensor<64x64xf32>
    %620 = neap.mul %619, %611 : tensor<64x64xf32>
    %621 = neap.add %618, %620 : tensor<64x64xf32>
    %622 = neap.sqrt %621 : tensor<64x64xf32>
    %623 = neap.mul %622, %347 : tensor<64x64xf32>
    %624 = neap.mul %349, %617 : tensor<64x64xf32>
    %625 = neap.add %623, %351 : tensor<64x64xf32>
    %626 = neap.div %624, %625 : tensor<64x64xf32>
    %627 = neap.sub %614, %626 : tensor<64x64xf32>
    neap.write @transformer.h.0.attn.c_proj.weight, %627 : tensor<64x64xf32>
    neap.write @transformer.h.0.attn.c_proj.weight.m, %617 : tensor<64x64xf32>
    neap.write @transformer.h.0.attn.c_proj.weight.v, %621 : tensor<64x64xf32>
    %628 = neap.mul %611, %611 : tensor<64x64xf32>
    %629 = neap.reduce sum %628 axes [1] : tensor<64x64xf32>
    %630 = neap.reduce sum %629 axes [0] : tensor<64xf32>
    %631 = neap.reshape %609 : tensor<256x64xf32> -> tensor<4x64x4x16xf32>
    %632 = neap.transpose %631 [0, 2, 1, 3] : tensor<4x64x4x16xf32>
    %query_gradient_25, %key_gradient_26, %value_gradient_27 = neap.attention_backward %45, %46, %43, %lse, %632 {causal, scale = 2.500000e-01 : f32} : tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64x16xf32>, tensor<4x4x64xf32>, tensor<4x4x64x16xf32>
    %633 = neap.transpose %key_gradient_26 [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %634 = neap.transpose %query_gradient_25 [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %635 = neap.reshape %634 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %636 = neap.transpose %value_gradient_27 [0, 2, 1, 3] : tensor<4x4x64x16xf32>
    %637 = neap.reshape %636 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %638 = neap.reshape %633 : tensor<4x64x4x16xf32> -> tensor<4x64x64xf32>
    %639 = neap.concat %635, %638, %637 axis 2 : tensor<4x64x64xf32>, tensor<4x64x64xf32>, tensor<4x64x64xf32>
    %640 = neap.reshape %639 : tensor<4x64x192xf32> -> tensor<256x192xf32>
    %641 = neap.reduce sum %640 axes [0] : tensor<256x192xf32>
    neap.observe @transformer.h.0.attn.c_attn.bias, %641 : tensor<192xf32>
    %642 = neap.read @transformer.h.0.attn.c_attn.bias.m : tensor<192xf32>
    %643 = neap.read @transformer.h.0.attn.c_attn.bias.v : tensor<192xf32>
    %644 = neap.mul %5, %371 : tensor<192xf32>
    %645 = neap.sub %641, %642 : tensor<192xf32>
    %646 = neap.mul %645, %374 : tensor<192xf32>
    %647 = neap.add %642, %646 : tensor<192xf32>
    %648 = neap.mul %643, %377 : tensor<192xf32>
    %649 = neap.mul %379, %641 : tensor<192xf32>
    %650 = neap.mul %649, %641 : tensor<192xf32>
    %651 = neap.add %648, %650 : tensor<192xf32>
    %652 = neap.sqrt %651 : tensor<192xf32>
    %653 = neap.mul %652, %384 : tensor<192xf32>
    %654 = neap.mul %386, %647 : tensor<192xf32>
    %655 = neap.add %653, %388 : tensor<192xf32>
    %656 = neap.div %654, %655 : tensor<192xf32>
    %657 = neap.sub %644, %656 : tensor<192xf32>
    neap.write @transformer.h.0.attn.c_attn.bias, %657 : tensor<192xf32>
    neap.write @transformer.h.0.attn.c_attn.bias.m, %647 : tensor<192xf32>
    neap.write @transformer.h.0.attn.c_attn.bias.v, %651 : tensor<192xf32>
    %658 = neap.mul %641, %641 : tensor<192xf32>
    %659 = neap.reduce sum %658 axes [0] : tensor<192xf32>
    %660 = neap.transpose %4 [1, 0] : tensor<64x192xf32>
    %661 = neap.matmul %640, %660 : tensor<256x192xf32>, tensor<192x64xf32>
    %662 = neap.transpose %33 [1, 0] : tensor<256x64xf32>
    %663 = neap.matmul %662, %640 : tensor<64x256xf32>, tensor<256x192xf32>
    neap.observe @transformer.h.0.attn.c_attn.weight, %663 : tensor<64x192xf32>
    %664 = neap.read @transformer.h.0.attn.c_attn.weight.m : tensor<64x192xf32>
    %665 = neap.read @transformer.h.0.attn.c_attn.weight.v : tensor<64x192xf32>
    %666 = neap.mul %4, %400 : tensor<64x192xf32>
    %667 = neap.sub %663, %664 : tensor<64x192xf32>
    %668 = neap.mul %667, %403 : tensor<64x192xf32>
    %669 = neap.add %664, %668 : tensor<64x192xf32>
    %670 = neap.mul %665, %406 : tensor<64x192xf32>
    %671 = neap.mul %408, %663 : tensor<64x192xf32>
    %672 = neap.mul %671, %663 : tensor<64x192xf32>
    %673 = neap.add %670, %672 : tensor<64x192xf32>
    %674 = neap.sqrt %673 : tensor<64x192xf32>
    %675 = neap.mul %674, %413 : tensor<64x192xf32>
    %676 = neap.mul %415, %669 : tensor<64x192xf32>
    %677 = neap.add %675, %417 : tensor<64x192xf32>
    %678 = neap.div %676, %677 : tensor<64x192xf32>
    %679 = neap.sub %666, %678 : tensor<64x192xf32>
    neap.write @transformer.h.0.attn.c_attn.weight, %679 : tensor<64x192xf32>
    neap.write @transformer.h.0.attn.c_attn.weight.m, %669 : tensor<64x192xf32>
    neap.write @transformer.h.0.attn.c_attn.weight.v, %673 : tensor<64x192xf32>
    %680 = neap.mul %663, %663 : tensor<64x192xf32>
    %681 = neap.reduce sum %680 axes [1] : tensor<64x192xf32>
    %682 = neap.reduce sum %681 axes [0] : tensor<64xf32>
    %683 = neap.reshape %661 : tensor<256x64xf32> -> tensor<4x64x64xf32>
    %operand_gradient_28, %scale_gradient_29, %bias_gradient_30 = neap.layer_norm_backward %32, %2, %mean, %rstd, %683 : tensor<4x64x64xf32>, tensor<64xf32>, tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64x64xf32>
    neap.observe @transformer.h.0.ln_1.bias, %bias_gradient_30 : tensor<64xf32>
    %684 = neap.read @transformer.h.0.ln_1.bias.m : tensor<64xf32>
    %685 = neap.read @transformer.h.0.ln_1.bias.v : tensor<64xf32>
    %686 = neap.mul %3, %114 : tensor<64xf32>
    %687 = neap.sub %bias_gradient_30, %684 : tensor<64xf32>
    %688 = neap.mul %687, %118 : tensor<64xf32>
    %689 = neap.add %684, %688 : tensor<64xf32>
    %690 = neap.mul %685, %122 : tensor<64xf32>
    %691 = neap.mul %125, %bias_gradient_30 : tensor<64xf32>
    %692 = neap.mul %691, %bias_gradient_30 : tensor<64xf32>
    %693 = neap.add %690, %692 : tensor<64xf32>
    %694 = neap.sqrt %693 : tensor<64xf32>
    %695 = neap.mul %694, %131 : tensor<64xf32>
    %696 = neap.mul %134, %689 : tensor<64xf32>
    %697 = neap.add %695, %137 : tensor<64xf32>
    %698 = neap.div %696, %697 : tensor<64xf32>
    %699 = neap.sub %686, %698 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.bias, %699 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.bias.m, %689 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.bias.v, %693 : tensor<64xf32>
    %700 = neap.mul %bias_gradient_30, %bias_gradient_30 : tensor<64xf32>
    %701 = neap.reduce sum %700 axes [0] : tensor<64xf32>
    neap.observe @transformer.h.0.ln_1.weight, %scale_gradient_29 : tensor<64xf32>
    %702 = neap.read @transformer.h.0.ln_1.weight.m : tensor<64xf32>
    %703 = neap.read @transformer.h.0.ln_1.weight.v : tensor<64xf32>
    %704 = neap.mul %2, %114 : tensor<64xf32>
    %705 = neap.sub %scale_gradient_29, %702 : tensor<64xf32>
    %706 = neap.mul %705, %118 : tensor<64xf32>
    %707 = neap.add %702, %706 : tensor<64xf32>
    %708 = neap.mul %703, %122 : tensor<64xf32>
    %709 = neap.mul %125, %scale_gradient_29 : tensor<64xf32>
    %710 = neap.mul %709, %scale_gradient_29 : tensor<64xf32>
    %711 = neap.add %708, %710 : tensor<64xf32>
    %712 = neap.sqrt %711 : tensor<64xf32>
    %713 = neap.mul %712, %131 : tensor<64xf32>
    %714 = neap.mul %134, %707 : tensor<64xf32>
    %715 = neap.add %713, %137 : tensor<64xf32>
    %716 = neap.div %714, %715 : tensor<64xf32>
    %717 = neap.sub %704, %716 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.weight, %717 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.weight.m, %707 : tensor<64xf32>
    neap.write @transformer.h.0.ln_1.weight.v, %711 : tensor<64xf32>
    %718 = neap.mul %scale_gradient_29, %scale_gradient_29 : tensor<64xf32>
    %719 = neap.reduce sum %718 axes [0] : tensor<64xf32>
    %720 = neap.add %587, %operand_gradient_28 : tensor<4x64x64xf32>
    %721 = neap.reduce sum %720 axes [0] : tensor<4x64x64xf32>
    %722 = neap.reshape %721 : tensor<64x64xf32> -> tensor<1x64x64xf32>
    neap.observe @embedding_1, %722 : tensor<1x64x64xf32>
    %723 = neap.read @embedding_1.m : tensor<1x64x64xf32>
    %724 = neap.read @embedding_1.v : tensor<1x64x64xf32>
    %725 = neap.broadcast %113 : tensor<f32> -> tensor<1x64x64xf32>
    %726 = neap.mul %29, %725 : tensor<1x64x64xf32>
    %727 = neap.sub %722, %723 : tensor<1x64x64xf32>
    %728 = neap.broadcast %117 : tensor<f32> -> tensor<1x64x64xf32>
    %729 = neap.mul %727, %728 : tensor<1x64x64xf32>
    %730 = neap.add %723, %729 : tensor<1x64x64xf32>
    %731 = neap.broadcast %121 : tensor<f32> -> tensor<1x64x64xf32>
    %732 = neap.mul %724, %731 : tensor<1x64x64xf32>
    %733 = neap.broadcast %124 : tensor<f32> -> tensor<1x64x64xf32>
    %734 = neap.mul %733, %722 : tensor<1x64x64xf32>
    %735 = neap.mul %734, %722 : tensor<1x64x64xf32>
    %736 = neap.add %732, %735 : tensor<1x64x64xf32>
    %737 = neap.sqrt %736 : tensor<1x64x64xf32>
    %738 = neap.broadcast %130 : tensor<f32> -> tensor<1x64x64xf32>
    %739 = neap.mul %737, %738 : tensor<1x64x64xf32>
    %740 = neap.broadcast %133 : tensor<f32> -> tensor<1x64x64xf32>
    %741 = neap.mul %740, %730 : tensor<1x64x64xf32>
    %742 = neap.broadcast %136 : tensor<f32> -> tensor<1x64x64xf32>
    %743 = neap.add %739, %742 : tensor<1x64x64xf32>
    %744 = neap.div %741, %743 : tensor<1x64x64xf32>
    %745 = neap.sub %726, %744 : tensor<1x64x64xf32>
    neap.write @embedding_1, %745 : tensor<1x64x64xf32>
    neap.write @embedding_1.m, %730 : tensor<1x64x64xf32>
    neap.write @embedding_1.v, %736 : tensor<1x64x64xf32>
    %746 = neap.mul %722, %722 : tensor<1x64x64xf32>
    %747 = neap.reduce sum %746 axes [2] : tensor<1x64x64xf32>
    %748 = neap.reshape %747 : tensor<1x64xf32> -> tensor<64xf32>
    %749 = neap.reduce sum %748 axes [0] : tensor<64xf32>
    %750 = neap.scatter_add %110, %arg0, %720 : tensor<256x64xf32>, tensor<4x64xi64>, tensor<4x64x64xf32>
    neap.observe @lm_head.weight, %750 : tensor<256x64xf32>
    %751 = neap.read @lm_head.weight.m : tensor<256x64xf32>
    %752 = neap.read @lm_head.weight.v : tensor<256x64xf32>
    %753 = neap.mul %28, %187 : tensor<256x64xf32>
    %754 = neap.sub %750, %751 : tensor<256x64xf32>
    %755 = neap.mul %754, %190 : tensor<256x64xf32>
    %756 = neap.add %751, %755 : tensor<256x64xf32>
    %757 = neap.mul %752, %193 : tensor<256x64xf32>
    %758 = neap.mul %195, %750 : tensor<256x64xf32>
    %759 = neap.mul %758, %750 : tensor<256x64xf32>
    %760 = neap.add %757, %759 : tensor<256x64xf32>
    %761 = neap.sqrt %760 : tensor<256x64xf32>
    %762 = neap.mul %761, %200 : tensor<256x64xf32>
    %763 = neap.mul %202, %756 : tensor<256x64xf32>
    %764 = neap.add %762, %204 : tensor<256x64xf32>
    %765 = neap.div %763, %764 : tensor<256x64xf32>
    %766 = neap.sub %753, %765 : tensor<256x64xf32>
    neap.write @lm_head.weight, %766 : tensor<256x64xf32>
    neap.write @lm_head.weight.m, %756 : tensor<256x64xf32>
    neap.write @lm_head.weight.v, %760 : tensor<256x64xf32>
    %767 = neap.mul %750, %750 : tensor<256x64xf32>
    %768 = neap.reduce sum %767 axes [1] : tensor<256x64xf32>
    %769 = neap.reduce sum %768 axes [0] : tensor<256xf32>
    %770 = neap.add %719, %701 : tensor<f32>
    %771 = neap.add %770, %682 : tensor<f32>
    %772 = neap.add %771, %659 : tensor<f32>
    %773 = neap.add %772, %630 : tensor<f32>
    %774 = neap.add %773, %607 : tensor<f32>
    %775 = neap.add %774, %586 : tensor<f32>
    %776 = neap.add %775, %568 : tensor<f32>
    %777 = neap.add %776, %549 : tensor<f32>
    %778 = neap.add %777, %526 : tensor<f32>
    %779 = neap.add %778, %504 : tensor<f32>
    %780 = neap.add %779, %481 : tensor<f32>
    %781 = neap.add %780, %460 : tensor<f32>
    %782 = neap.add %781, %442 : tensor<f32>
    %783 = neap.add %782, %423 : tensor<f32>
    %784 = neap.add %783, %393 : tensor<f32>
    %785 = neap.add %784, %357 : tensor<f32>
    %786 = neap.add %785, %327 : tensor<f32>
    %787 = neap.add %786, %306 : tensor<f32>
    %788 = neap.add %787, %288 : tensor<f32>
    %789 = neap.add %788, %269 : tensor<f32>
    %790 = neap.add %789, %239 : tensor<f32>
    %791 = neap.add %790, %210 : tensor<f32>
    %792 = neap.add %791, %180 : tensor<f32>
    %793 = neap.add %792, %160 : tensor<f32>
    %794 = neap.add %793, %142 : tensor<f32>
    %795 = neap.add %794, %769 : tensor<f32>
    %796 = neap.add %795, %749 : tensor<f32>
    %797 = neap.sqrt %796 : tensor<f32>
    neap.return %loss, %797 : tensor<f32>, tensor<f32>
  }
}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: "builtin.module(neap-decompose{separate-attention-delta=false}, canonicalize{  max-iterations=10 max-num-rewrites=-1 region-simplify=normal test-convergence=false top-down=true}, cse, neap-plan-memory{allow-tf32=false budget=0 curve-points=0 device=cpu device-model= l1=32768 l2=1048576 lanes=16 library-depth=64 library-workspace=33554432 matrix-products=generated max-workers=4 minimum=true offload=true plan= profile= registers=32 report=/tmp/neap-plan-bdff4b.json tiles=true workers=2}, neap.step(neap-rematerialize))",
      disable_threading: true,
      verify_each: true
    }
  }
#-}
