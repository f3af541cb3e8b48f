#!/bin/sh
# Installs the real VS Code for the end-to-end rig: the workbench and extension
# host as code-server ships them, a browser to show them in, and playwright-core
# to drive it. Takes a few minutes once, then nothing; safe to run again.
#
# Needs Debian 12, root (for apt), node 20 or newer and npm. Everything but the
# Debian packages goes to $AI_LSP_CACHE/vscode, outside the work tree.
set -eu

code_server=4.139.1
playwright=1.65.1
node=24.21.0
packages="chromium fonts-dejavu-core libkrb5-dev python3 make g++ pkg-config"

cache=${AI_LSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ai-lsp-e2e}/vscode
stamp="node $node, code-server $code_server, playwright-core $playwright"

missing=
for package in $packages; do
	dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done

if [ -z "$missing" ] && [ "$(cat "$cache/installed" 2>/dev/null)" = "$stamp" ]; then
	exit 0
fi

log=$cache/install.log
mkdir -p "$cache"
: >"$log"

# The steps are noisy and long: their output is shown only when one fails.
run() {
	"$@" >>"$log" 2>&1 || {
		tail -n 40 "$log" >&2
		echo "install.sh: this failed: $* (all of its output: $log)" >&2
		exit 1
	}
}

if [ -n "$missing" ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "install.sh: run this as root first: apt-get install$missing" >&2
		exit 1
	fi
	echo "installing Debian packages:$missing"
	run apt-get update
	# shellcheck disable=SC2086 # a list of words
	run env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi

cd "$cache"
rm -rf node_modules package.json package-lock.json node installed
mkdir node
echo '{ "private": true }' | tee package.json >node/package.json

# node comes first and in a folder of its own: code-server compiles native
# modules against the node that will run it, and npm moves the packages of the
# folder it works on out of the way while those compile.
echo "installing node $node into $cache"
platform=node-linux-$(node -p process.arch)
run npm --prefix node install --no-fund --no-audit "$platform@$node"
headers=$cache/node/node_modules/$platform

echo "installing code-server $code_server and playwright-core $playwright (minutes)"
run env PATH="$headers/bin:$PATH" npm_config_nodedir="$headers" \
	npm install --no-fund --no-audit "code-server@$code_server" "playwright-core@$playwright"
run env XDG_CONFIG_HOME="$cache/config" PATH="$headers/bin:$PATH" node_modules/.bin/code-server --version

ln -sfn "$headers/bin" bin
echo "$stamp" >"$cache/installed"
echo "VS Code for the end-to-end tests is in $cache"
