"""Models of services that have no provider name of their own: each function makes one."""

import os

import trio

from lionpride_trio import iModel


def azure(deployment):
    """A deployment of Azure OpenAI, by the addresses that need no version.

    The key may be an Entra ID token as well: then pass the function that gives it.
    """
    return iModel(
        "openai",
        deployment,
        base_url=f"{os.environ['AZURE_OPENAI_ENDPOINT']}/openai/v1",
        api_key=os.environ["AZURE_OPENAI_API_KEY"],
    )


def azure_by_version(deployment):
    """The same, by the older addresses: the deployment in the path, the version in the query.

    The key has a header of its own there, so the provider is the one that sends no other.
    """
    return iModel(
        "openai_compatible",
        deployment,
        base_url=f"{os.environ['AZURE_OPENAI_ENDPOINT']}/openai/deployments/{deployment}",
        extra_query={"api-version": "2024-10-21"},
        extra_headers={"api-key": os.environ["AZURE_OPENAI_API_KEY"]},
    )


def bedrock(model):
    """A model of Amazon Bedrock, by its chat completions and a Bedrock API key."""
    return iModel(
        "openai_compatible",
        model,
        base_url=f"{os.environ['BEDROCK_ENDPOINT']}/openai/v1",
        api_key=os.environ["AWS_BEARER_TOKEN_BEDROCK"],
    )


def vertex(model, project, location, token):
    """A model of Vertex AI, by its chat completions.

    `token` is a function, sync or async, that gives a token that is still valid; it is asked for
    each call.  With google-auth: refresh the credentials when they have expired, give their token.
    """
    place = f"v1/projects/{project}/locations/{location}/endpoints/openapi"
    return iModel(
        "openai_compatible",
        model,
        base_url=f"{os.environ['VERTEX_ENDPOINT']}/{place}",
        api_key=token,
    )


def vllm(model):
    """A model that vLLM serves on this machine, with an option that only vLLM has."""
    return iModel(
        "openai_compatible",
        model,
        base_url=os.environ.get("VLLM_BASE_URL", "http://localhost:8000/v1"),
        chat_template_kwargs={"enable_thinking": False},
    )


async def main():
    model = vllm("Qwen/Qwen3-8B")
    async with model.stream("Why is the sea salt?") as reply:
        async for chunk in reply:
            print(chunk.data, end="", flush=True)


if __name__ == "__main__":
    trio.run(main)
