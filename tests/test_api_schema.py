"""The schema is true: whatever it allows is answered as it says, and nothing breaks the server."""

from __future__ import annotations

import pytest
import schemathesis
from conftest import PAPERS
from fakes import HashingEmbedding, ScriptedModel
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from serving import api

from index_store.paper_index import PaperIndex
from ui.model_loader import ModelLoader

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
SHORT = settings(
    max_examples=30,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TAKES_ANYTHING = {"GET /v1/models"}
"""Addresses for which nothing that is sent can be wrong."""


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_every_address_answers_as_its_schema_says(
    tmp_path_factory: pytest.TempPathFactory, mode: GenerationMode
) -> None:
    loader = ModelLoader(lambda progress: ScriptedModel())
    checked = []
    with PaperIndex(tmp_path_factory.mktemp("library"), HashingEmbedding()) as index:
        index.add(PAPERS)
        with api(index, loader) as client:
            schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
            schema.config.update(base_url=str(client.base_url))
            for found in schema.get_all_operations():
                operation = found.ok()
                if mode is GenerationMode.NEGATIVE and operation.label in TAKES_ANYTHING:
                    continue

                @seed(7)
                @SHORT
                @given(case=operation.as_strategy(generation_mode=mode))
                def check(case: schemathesis.Case) -> None:
                    case.call_and_validate(checks=CHECKS, timeout=20)

                check()
                checked.append(operation.label)
    assert len(checked) + len(TAKES_ANYTHING) * (mode is GenerationMode.NEGATIVE) == 8
