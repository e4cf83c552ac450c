"""What the OpenAI client raises, in the words of our own error tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import openai

from optimizer.errors import (
    ModelError,
    ModelNotFound,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelTimeout,
    ModelUnreachable,
)


@contextmanager
def model_errors(model: str) -> Iterator[None]:
    """Turn the client's exceptions for the embedding model ``model`` into ``ModelError``."""
    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelTimeout(
            f"The embedding model {model} did not answer in time.", "Try again later."
        ) from error
    except openai.APIConnectionError as error:
        raise ModelUnreachable(
            f"The server of the embedding model {model} cannot be reached.",
            "Check the network and OPENAI_BASE_URL, or set PROMPTBEAM_EMBEDDER=hash.",
        ) from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ModelRefusedKey(
            f"The key may not use the embedding model {model}.", "Check OPENAI_API_KEY."
        ) from error
    except openai.NotFoundError as error:
        raise ModelNotFound(
            f"The server does not know the embedding model {model}.",
            "Set PROMPTBEAM_EMBEDDING_MODEL, or PROMPTBEAM_EMBEDDER=hash.",
        ) from error
    except (openai.RateLimitError, openai.InternalServerError) as error:
        raise ModelOverloaded(f"The embedding model {model} is overloaded.", "Try again later.") from error
    except openai.APIStatusError as error:
        raise ModelRejectedRequest(f"The embedding model {model} refused the request.") from error
    except (openai.OpenAIError, ValueError, TypeError) as error:
        raise ModelError(f"The embedding model {model} gave an answer that cannot be read.") from error
