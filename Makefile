# The few commands of the project; what they do lives in .ci/, so that people, hooks and CI run the same lines.
PYTHON ?= python3
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup run test bench fix lock

help: ## liệt kê các lệnh
	@echo "Kiểm chứng, các lệnh:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## chuẩn bị môi trường, không khởi động gì
	@bash .ci/setup run

run: ## chuẩn bị những gì còn thiếu rồi chạy Kiểm chứng
	@bash .ci/setup run && exec .venv/bin/kiemchung run

test: ## chuẩn bị những gì còn thiếu rồi chạy mọi bài kiểm tra
	@bash .ci/test

bench: ## đo tốc độ, in bảng kết quả
	@bash .ci/setup dev && exec .venv/bin/python -m benchmarks

fix: ## sửa định dạng và những lỗi mã sửa được tự động
	@bash .ci/setup dev && .venv/bin/python -m ruff check --fix-only --quiet . && .venv/bin/python -m ruff format .

lock: ## chọn lại phiên bản các gói và ghi vào hai tệp khóa
	@bash .ci/setup dev && bash .ci/lock
