"""What all sections of an environment file have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Tags = dict[str, str]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A table of the file: unknown keys and values of another type are refused, never converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
