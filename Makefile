# Everything here works in a fresh clone: each target installs what it needs, once.
#
#   make run      start the product (PORT=8000, BIND=127.0.0.1)
#   make test     all tests but the long ones     make soak   the long ones
#   make check    formatting, types, contracts, templates, the process library
#   make bench    speed, one JSON object a line   make lock   write the locks of dependencies
#   make diagrams render the process library to docs/diagrams/*.png (docs/paths.md shows them)
#   make messages collect what is to be translated into English, and check it

SHELL := /bin/sh
.SILENT:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8000
BIND ?= 127.0.0.1
export PORT BIND

VENV := .venv
PY := $(VENV)/bin/python
DONE := $(VENV)/done
FRONTEND := webapp/frontend
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input --require-hashes
FAILED = { echo "✗ $(1)" >&2; exit 1; }

.PHONY: run test soak check bench diagrams messages lock frontend dev system clean
run: $(DONE)/run $(FRONTEND)/dist/.done
	DEMO=1 BIANMIN_FOLLOW_PARENT=1 exec $(VENV)/bin/bianmin up

test: dev frontend system
	$(PY) -m pytest -q -n 2 --dist worksteal -m "not soak" $(ARGS)

soak: dev frontend system
	$(PY) -m pytest -q -m soak $(ARGS)

check: dev frontend
	echo "· 格式  ruff format";   $(PY) -m ruff format --check --quiet . || $(call FAILED,有文件没有格式化：$(PY) -m ruff format .)
	echo "· 规则  ruff check";    $(PY) -m ruff check --quiet .
	echo "· 类型  mypy";          $(PY) -m mypy --no-error-summary workflows webapp workers
	echo "· 分层  lint-imports";  $(VENV)/bin/lint-imports --no-logo > $(DONE)/imports.txt 2>&1 || { cat $(DONE)/imports.txt; exit 1; }
	echo "· 模板  templates";     $(VENV)/bin/bianmin check_templates
	echo "· 数据结构  migrations"; $(VENV)/bin/bianmin makemigrations --check --dry-run
	echo "· 流程库  bpmn";        $(VENV)/bin/bianmin check bpmn
	echo "✓ make check"

bench: dev frontend
	for file in benchmarks/[a-z]*.py; do $(PY) "$$file" $(ARGS) || exit 1; done

diagrams: dev frontend system
	$(PY) docs/diagrams/render.py $(ARGS)

ENGLISH := webapp/locale/en/LC_MESSAGES/django.po
messages: $(DONE)/run
	command -v xgettext >/dev/null || $(call FAILED,make messages 需要 gettext 程序：apt install gettext)
	$(VENV)/bin/bianmin makemessages -l en -v 0
	msgfmt --check -o /dev/null $(ENGLISH)
	open=$$(msgattrib --untranslated $(ENGLISH); msgattrib --only-fuzzy $(ENGLISH)); \
	[ -z "$$open" ] || { printf '%s\n' "$$open"; $(call FAILED,上面的句子还没有英文：请填写 $(ENGLISH)，用词见 docs/glossary.md); }
	echo "✓ make messages"

# -- dependencies --------------------------------------------------------------------------

dev: $(DONE)/run $(DONE)/dev
frontend: $(DONE)/run $(FRONTEND)/dist/.done

$(DONE)/venv:
	python=""; \
	for try in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
	  if $$try -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then python=$$try; break; fi; \
	done; \
	[ -n "$$python" ] || $(call FAILED,需要 Python 3.11（到 3.13）。Debian: apt install python3 python3-venv); \
	if ! $$python -c 'import ensurepip' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "· 安装 python3-venv（系统的 Python 没有 ensurepip）…"; \
	    (apt-get -qq -o DPkg::Lock::Timeout=400 update && DEBIAN_FRONTEND=noninteractive \
	     apt-get -qq -o DPkg::Lock::Timeout=400 install -y --no-install-recommends python3-venv) >/dev/null 2>&1 \
	     || $(call FAILED,安装 python3-venv 失败。请手工运行 apt install python3-venv); \
	  else \
	    $(call FAILED,系统的 Python 缺少 venv 模块。请让管理员运行 apt install python3-venv 后再试); \
	  fi; \
	fi; \
	echo "· 创建虚拟环境 $(VENV)  virtual environment"; \
	$$python -m venv $(VENV) && mkdir -p $(DONE) && touch $@

$(DONE)/run: requirements/run.txt Makefile | $(DONE)/venv
	echo "· 安装依赖（第一次约一分钟）  dependencies …"
	$(PIP) -r requirements/run.txt || $(call FAILED,依赖没有装全：请检查网络或 pip 的镜像设置后再运行)
	$(PY) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "bianmin.pth").write_text(str(pathlib.Path.cwd()) + "\n", "utf-8")'
	printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m webapp.config.cli "$$@"' > $(VENV)/bin/bianmin
	chmod +x $(VENV)/bin/bianmin
	# bytecode also where Python may not write it itself (a read-only checkout, another account)
	$(PY) -m compileall -q workflows webapp workers
	touch $@

$(DONE)/dev: requirements/dev.txt $(DONE)/run
	echo "· 安装检查和测试工具  tools for checks and tests …"
	$(PIP) -r requirements/dev.txt || $(call FAILED,测试工具没有装全：请检查网络或 pip 的镜像设置后再运行)
	touch $@

# -- front end -----------------------------------------------------------------------------

NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm --prefix $(FRONTEND)

$(FRONTEND)/node_modules/.done: $(FRONTEND)/package-lock.json $(FRONTEND)/.npmrc | $(DONE)/run
	echo "· 安装前端依赖（约 15 秒）  front-end packages …"
	$(NPM) ci --silent || $(call FAILED,前端依赖没有装全：请检查网络或 npm 的镜像设置后再运行)
	touch $@

$(FRONTEND)/dist/.done: $(FRONTEND)/node_modules/.done $(FRONTEND)/vite.config.js $(wildcard $(FRONTEND)/src/* $(FRONTEND)/src/*/*)
	echo "· 编译前端  front end …"
	$(NPM) run --silent build
	touch $@

# -- programs of the system that only tests need -------------------------------------------

system:
	missing=""; \
	[ -n "$(CHROMIUM)" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="chromium fonts-noto-cjk"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "· 安装$$missing  programs for tests …"; \
	    (apt-get -qq -o DPkg::Lock::Timeout=400 update && DEBIAN_FRONTEND=noninteractive \
	     apt-get -qq -o DPkg::Lock::Timeout=400 install -y --no-install-recommends $$missing) >/dev/null 2>&1 \
	     || echo "! 安装 $$missing 失败：将跳过需要它们的测试。"; \
	  else \
	    echo "! 缺少 $$missing：将跳过需要它们的测试。请让管理员运行 apt install $$missing"; \
	  fi; \
	fi

# -- locks: hashes, no addresses -----------------------------------------------------------

UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: $(DONE)/run
	command -v uv >/dev/null || $(call FAILED,make lock 需要 uv：pip install uv)
	$(UV) requirements/run.in -o requirements/run.txt
	$(UV) requirements/dev.in -o requirements/dev.txt
	$(NPM) install --package-lock-only --silent

clean:
	rm -rf $(VENV) $(FRONTEND)/node_modules $(FRONTEND)/dist .mypy_cache .ruff_cache .pytest_cache
