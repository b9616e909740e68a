"""Make the models of `schemas/types/latest.json`: `python generate.py`."""

import sys
from pathlib import Path

sys.path.insert(0, "site")

from datamodel_code_generator import DataModelType, InputFileType, generate

generate(
    Path("schemas/types/latest.json"),
    input_file_type=InputFileType.JsonSchema,
    output=Path("usage_types.py"),
    output_model_type=DataModelType.PydanticV2BaseModel,
)
