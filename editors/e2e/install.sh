#!/bin/sh
# Installs the editors that the end-to-end tests drive, on Debian 12.
#
#   install.sh        the quick ones: Neovim 0.7, Emacs 28 with eglot
#   install.sh all    also tmux, Vim with ALE and luacheck, and newer editors:
#                     Neovim 0.10 and Helix 25.01 (Debian 13's packages), Emacs
#                     30.1 (Debian 12's backports). These are unpacked into the
#                     cache folder and change nothing on the host
#
# The cache folder is ${AI_LSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ai-lsp-e2e}.
# Each editor kept there is started by a small program in its bin folder, which is
# where the tests look for it. AI_LSP_DEBIAN_MIRROR names another Debian mirror
# than the one that the host uses.
#
# A second run changes nothing and says nothing. What cannot be installed is named
# on standard error, the rest is still tried, and the exit code is 1.
set -eu

cache=${AI_LSP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ai-lsp-e2e}

# host_mirror is the mirror that this machine gets its own Debian packages from.
host_mirror() {
	grep -rhoE 'https?://[^[:space:]]+/debian/?([[:space:]]|$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
		head -n 1 | tr -d '[:space:]' | sed 's|/$||'
}

mirror=${AI_LSP_DEBIAN_MIRROR:-$(host_mirror)}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

say() { printf 'install.sh: %s\n' "$*" >&2; }

# part NAME COMMAND... runs one part of the work, and names it if it fails.
part() {
	name=$1
	shift
	if ! "$@" >"$log" 2>&1; then
		say "$name: could not be installed. The last lines of what was printed:"
		tail -n 8 "$log" >&2
		failed=1
	fi
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# host PACKAGE... installs those Debian packages that the host does not have.
host() {
	missing=
	for package; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "installing$missing"
	part "$missing" host_install
}

# A new machine has no package lists, and old lists name packages that are gone.
host_install() {
	as_root apt-get update || return 1
	# shellcheck disable=SC2086 # one word a package
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing
}

# unpack SUITE FOLDER PACKAGE... downloads packages of another Debian suite, with
# what they depend on, and unpacks them into FOLDER. The caller has put a dpkg
# status file at FOLDER.apt/status: what it lists as installed is not downloaded.
unpack() {
	suite=$1 folder=$2 apt=$2.apt
	shift 2
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/none"
	for source in "$suite" "${suite%-backports}"; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $source main"
	done | sort -u >"$apt/sources.list"
	apart update || return 1
	apart install --yes --no-install-recommends --download-only --target-release "$suite" "$@" || return 1
	rm -rf "$folder"
	mkdir -p "$folder"
	for deb in "$apt"/archives/*.deb; do
		dpkg -x "$deb" "$folder" || return 1
	done
	rm -rf "$apt"
}

# apart is apt-get with its state under $apt, so that the host's is not touched.
apart() {
	apt-get \
		-o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" \
		-o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" \
		-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/none" \
		-o Dir::Etc::preferences="$apt/preferences" -o Dir::Etc::preferencesparts="$apt/none" \
		-o APT::Sandbox::User= "$@"
}

# starter NAME stores standard input as the program that starts an editor.
starter() {
	mkdir -p "$cache/bin"
	cat >"$cache/bin/$1" && chmod +x "$cache/bin/$1" && "$cache/bin/$1" --version
}

starts() { "$cache/bin/$1" --version >/dev/null 2>&1; }

# Debian 13's programs need its C library, so they run through its own loader. The
# library path is an argument and not in the environment: what an editor starts
# (the language server, git, a shell) keeps the host's libraries.
debian13() {
	root=$cache/debian13
	rm -rf "$root.apt"
	mkdir -p "$root.apt"
	: >"$root.apt/status"
	unpack trixie "$root" neovim hx || return 1
	libraries=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")
	load="exec '$(find "$libraries" -name 'ld-linux*' | head -n 1)' --library-path '$libraries'"
	starter nvim-0.10 <<-EOS || return 1
		#!/bin/sh
		VIM='$root/usr/share/nvim' VIMRUNTIME='$root/usr/share/nvim/runtime'
		export VIM VIMRUNTIME
		$load '$root/usr/bin/nvim' --cmd 'set rtp+=$root/usr/lib/nvim' "\$@"
	EOS
	starter hx-25.01 <<-EOS
		#!/bin/sh
		HELIX_RUNTIME='$root/usr/lib/hx/runtime'
		export HELIX_RUNTIME
		$load '$root/usr/lib/hx/hx' "\$@"
	EOS
}

# The backport is built for this release, so the host's libraries serve it, and the
# host's status file keeps them out of the download.
emacs30() {
	root=$cache/emacs30
	rm -rf "$root.apt"
	mkdir -p "$root.apt"
	cp /var/lib/dpkg/status "$root.apt/status"
	unpack bookworm-backports "$root" emacs-nox || return 1
	dump=$(find "$root/usr/libexec" -name '*.pdmp')
	share=$(echo "$root"/usr/share/emacs/30*)
	starter emacs-30 <<-EOS
		#!/bin/sh
		EMACSLOADPATH='$share/lisp' EMACSDATA='$share/etc' EMACSDOC='$share/etc'
		EMACSPATH='$(dirname "$dump")'
		export EMACSLOADPATH EMACSDATA EMACSDOC EMACSPATH
		exec '$root/usr/bin/emacs-nox' --dump-file '$dump' "\$@"
	EOS
}

case ${1:-needed} in
needed | all) ;;
*)
	say "usage: install.sh [all]"
	exit 2
	;;
esac

host neovim emacs-nox elpa-eglot
if [ "${1:-}" = all ]; then
	host tmux vim vim-ale lua-check
	if ! { starts nvim-0.10 && starts hx-25.01; }; then
		say "unpacking Neovim 0.10 and Helix 25.01 into $cache"
		part "Neovim 0.10 and Helix 25.01" debian13
	fi
	if ! starts emacs-30; then
		say "unpacking Emacs 30.1 into $cache"
		part "Emacs 30.1" emacs30
	fi
fi
exit $failed
