"""The status of a mention: negation, experiencer, temporality and modality, the same for all conditions. Each module
reads the cues of the file of its name in `catalogue/grammar/`:

    denied          "no clots", "clots: no", "none of these"
    feared          feared or tested for, and the result: "tested for DVT, it was negative"
    lately          denied for one stretch of time only: "no clots this year"
    someone_else    another person's, an animal's, a trade's; and clients the visitor writes for
    past            healed, or years ago
    supposed        "what if I get a clot", "worried about catching shingles", a film, a form
    questions       about people in general, or about the guide itself
    figurative      "nearly had a stroke when I saw the price"

A mention is given by its first and last word. A mention that no module matches is affirmed.
"""
