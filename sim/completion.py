"""Tab completion for bash: the script, and the words that may come next."""

BASH = """_sim_completion() {
    local IFS=$'\\n' line="${COMP_LINE:0:$COMP_POINT}"
    local word="${line##* }"
    COMPREPLY=($(sim completion query "$line" 2>/dev/null))
    # Bash breaks words at '=', and would write what stands before it twice.
    if [[ $COMP_WORDBREAKS == *=* && $word == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%=*}="}")
    fi
}
complete -o nospace -F _sim_completion sim"""


def possible_words(line: str, verbs: list[str]) -> list[str]:
    """Return the words that may stand at the end of a command line: verbs, then groups, their names and settings."""
    _, _, rest = line.lstrip().partition(" ")
    verb, has_verb, settings = rest.lstrip().partition(" ")
    if not has_verb:
        return [f"{name} " for name in verbs if name.startswith(verb)]
    if verb == "completion":
        return ["bash"]
    if verb not in ("run", "check", "compare"):
        return []
    from sim.compose import complete

    own = ["scenarios=", "baseline=", "runs="] * (verb == "compare")
    word = settings.rpartition(" ")[2]
    return [name for name in own if word and name.startswith(word)] + complete(settings)
