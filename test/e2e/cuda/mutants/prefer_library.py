"""prefer_library.py PROFILE RESULT: a profile in which the library is faster with every product, whatever was measured."""

import json
import pathlib
import sys

profile = json.loads(pathlib.Path(sys.argv[1]).read_text())
for product in profile["products"]:
    product["generated_microseconds"] = 1e9
    product.pop("algorithm", None)
pathlib.Path(sys.argv[2]).write_text(json.dumps(profile))
