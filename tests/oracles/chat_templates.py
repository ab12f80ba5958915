"""Writes what Jinja itself, set up as transformers' apply_chat_template does it, makes of some templates and conversations:
tests/src/test/resources/kawi/template/chat-templates.json.

Needs jinja2 3.1 in an environment of its own: python chat_templates.py ../src/test/resources/kawi/template/chat-templates.json
"""
import json
import sys

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """transformers' mark of what an assistant says."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("same"), [], [], body).set_lineno(line)

    def same(self, caller):
        return caller()


def refuse(why):
    raise jinja2.exceptions.TemplateError(why)


TEMPLATES = {
    "ChatML with a system turn of its own": "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        "{{ '<|im_start|>system\nYou are kind.<|im_end|>\n' }}{% endif %}"
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "roles in headers, contents trimmed": """{{- bos_token }}
{%- if not today is defined %}
    {%- if strftime_now is defined %}{%- set today = strftime_now("%d") %}{% else %}{%- set today = "one day" %}{%- endif %}
{%- endif %}
{%- if messages[0].role == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = "" %}
{%- endif %}
{{- "<|head|>system<|tail|>\\n\\nToday: " + today + "\\n" }}
{{- system }}<|end|>
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|head|>' + message['role'] + '<|tail|>\\n\\n' + message['content'] | trim + '<|end|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|head|>assistant<|tail|>\\n\\n' }}
{%- endif %}
""",
    "roles that must take turns": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn here') }}{% endif %}"
        "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('user and assistant must alternate') }}{% endif %}"
        "{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}"
        "{{ '<turn>' + role + '\n' + message['content'] | trim + '</turn>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<turn>model\n' }}{% endif %}",
    "thoughts are taken out": """{%- set ns = namespace(last=messages|length - 1, found=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.found and message.role == "user" and not(message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.found = true %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- set thought = '' %}
    {%- if '</think>' in content %}
        {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if loop.index0 > ns.last and thought %}
        {{- '<|' ~ message.role ~ '|>(' + thought.strip('\\n') + ')' + content }}
    {%- else %}
        {{- '<|' + message.role + '|>' + content }}
    {%- endif %}
    {{- eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}""",
    "a macro, and parts of a content": """[start]
{%- macro seen(content) -%}
    {%- if content is string -%}
        {{- content }}
    {%- elif content is iterable and content is not mapping -%}
        {%- for item in content if item is mapping -%}{{- item.text }}{%- endfor -%}
    {%- else -%}
        {{- content }}
    {%- endif -%}
{%- endmacro -%}
{% for m in messages %}
{%- if m.role == 'user' -%}<|user|>
{{ seen(m.content) }}
{%- elif m.role == 'assistant' -%}
<|assistant|>
{% generation %}{{ seen(m.content).strip() }}{% endgeneration %}
{%- else -%}
<|{{ m.role }}|>
{{ seen(m.content) }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}""",
    "white space": "  {% if true %}\n  a\n  {%- endif %}\n\n  {# note #}\n b {{ 1 }}\n   {% for m in messages %}\n"
        "  [{{ m.role | upper }}: {{ m.content | trim | capitalize }}]\n   {% else %}none\n   {% endfor %}\n"
        " x{%+ if true %} y{% endif +%}\n\n {{- ' z ' -}} \n\n w\n\n",
    "a statement begins each line": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n"
        "{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n"
        "{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n"
        "{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n"
        "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    "expressions": "{% set l = [1,2,3] %}{{ l[1:] | join(',') }}|{{ l | length }}|{{ 7 // 2 }} {{ 7 % 4 }} {{ 7 / 2 }} {{ -3 + 1 }} {{ 2 * 3 }}|"
        "{{ 'a' ~ 1 ~ true ~ none }}|{{ messages | map(attribute='role') | join(' ') }}|"
        "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}|"
        "{% for k, v in {'x': 1, 'y': 'z'}.items() %}{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %}|"
        "{{ {'a': [1, 'é\"', none, true], 'b': {}} | tojson }}|{{ {'a': [1, {'c': 2}]} | tojson(indent=2) }}|"
        "{{ nothing | default('d') }}|{{ '' | default('e', true) }}|{{ 'hello big-world <b'.title() }}|{{ 'hello big-world <b' | title }}|"
        "{{ 'a,b,c'.split(',', 1) | last }}|{{ '  x y '.split() | join('-') }}|{% set t %}block {{ 1 + 1 }}{% endset %}{{ t }}|"
        "{% macro f(a, b='B') %}<{{ a }}{{ b }}>{% endmacro %}{{ f('A') }}{{ f('A', b='C') }}|"
        "{{ 1 < 2 < 3 }} {{ 'a' not in 'abc' }} {{ not 1 == 2 }}|{% for i in range(5) if i is odd %}{{ i }}{% endfor %}|"
        "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% endfor %}|"
        "{{ 'abc'[-1] }}{{ 'abc'[::-1] }}{{ (1, 2) | first }}|{{ 'x' if false }}|{{ messages[0].content | replace('H', 'J') }}|"
        "{{ messages[-1]['content'] | upper | lower | title }}|{{ messages[9] is defined }}|{{ 'a\\'b\\\\' \"c\" }}|"
        "{{ 'a' + 'b' | upper }}|{% if messages is iterable and messages is not mapping and 3 is number and 4 is divisibleby 2 %}ok{% endif %}"
        "{{ namespace(a=1).a }}{{ 'abc' | length }}{{ 'a b'.replace('a', 'x') }}{{ true and 0 or 'or' }}{{ loop is defined }}{{ [] or 'e' }}",
}


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def system(text):
    return {"role": "system", "content": text}


CONVERSATIONS = [
    [user("Hi there")],
    [system("Be brief."), user("Hi")],
    [user("a"), assistant("b"), user("c")],
    [system("s"), user("u1 \n"), assistant(" <think>x</think>\n a1"), user("  u2 <|im_end|> é🙂")],
    [user("x"), assistant("y")],
]


def main(out):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    environment.filters["tojson"] = lambda x, indent=None: json.dumps(x, ensure_ascii=False, indent=indent)
    environment.globals["raise_exception"] = refuse
    cases = []
    for name, template in TEMPLATES.items():
        for messages in CONVERSATIONS:
            for go_on in (True, False):
                try:
                    text = environment.from_string(template).render(
                        messages=messages, tools=None, documents=None, add_generation_prompt=go_on, bos_token="<s>", eos_token="</s>")
                except jinja2.exceptions.TemplateError as e:
                    text = {"refused": str(e)}
                cases.append({"template": name, "messages": messages, "next": go_on, "text": text})
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"jinja2": jinja2.__version__, "templates": TEMPLATES, "cases": cases}, file, ensure_ascii=False, indent=1)
        file.write("\n")


main(sys.argv[1])
