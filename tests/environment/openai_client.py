"""PyPI's client of OpenAI's protocol, as it comes, at a server of the kit's: what it got, as one line of JSON.  use: openai_client.py ADDRESS"""
import json
import sys

from openai import BadRequestError, NotFoundError, OpenAI

client = OpenAI(base_url=sys.argv[1] + "v1", api_key="none", max_retries=0)
MODEL = "smollm2-135m-instruct"
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


def asked(**more):
    return client.chat.completions.create(**{"model": MODEL, "messages": QUESTION, "temperature": 0, "max_tokens": 40, **more})


def refused(kind, **more):
    try:
        asked(**more)
    except kind as e:
        return [e.status_code, e.code, e.param, e.message]
    return None


whole = asked()
said = {"models": [each.id for each in client.models.list()], "whole": whole.choices[0].message.content, "finish": whole.choices[0].finish_reason,
        "usage": [whole.usage.prompt_tokens, whole.usage.completion_tokens, whole.usage.total_tokens], "id": whole.id}
pieces, usage = [], None
for event in asked(stream=True, stream_options={"include_usage": True}):
    pieces += [choice.delta.content for choice in event.choices if choice.delta.content]
    usage = event.usage or usage
said["streamed"], said["pieces"], said["streamed_usage"] = "".join(pieces), len(pieces), usage.total_tokens
with client.chat.completions.stream(model=MODEL, messages=QUESTION, temperature=0, max_tokens=40) as stream:      # the client's own helper, which puts the pieces together
    for _ in stream:
        pass
    said["helper"] = stream.get_final_completion().choices[0].message.content
said["short"] = asked(max_tokens=3).choices[0].finish_reason
said["stopped"] = asked(stop=["France"]).choices[0].message.content
said["seeded"] = [asked(temperature=1, top_p=0.9, seed=7, max_tokens=16).choices[0].message.content for _ in range(2)]
said["parts"] = asked(messages=[{"role": "user", "content": [{"type": "text", "text": QUESTION[0]["content"]}]}]).choices[0].message.content
said["completed"] = client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0).choices[0].text
said["unknown"] = refused(NotFoundError, model="gpt-9")
said["hot"] = refused(BadRequestError, temperature=9)
said["nobody"] = refused(BadRequestError, messages=[])
print(json.dumps(said))
