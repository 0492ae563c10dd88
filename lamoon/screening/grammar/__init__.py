"""How a mention is meant, alike for all conditions. Each module reads the cues of the file of its name in
`catalogue/grammar/`:

    denied          "no clots", "clots: no", "none of these"
    feared          feared or tested for, and what came of it: "tested for DVT, it was negative"
    someone_else    another person's, an animal's, a trade's; and clients, for whom the visitor writes
    past            healed, or years ago
    supposed        "what if I get a clot", "worried about catching shingles", a film, a form
    questions       about people in general, or about the guide itself
    figurative      "nearly had a stroke when I saw the price"

A mention is given by its first and last word. What no module knows is affirmed.
"""
