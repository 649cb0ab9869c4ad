"""The ways of asking for several papers that have no noun for them, as "what here could ..." has none, and
what is said around such a request.

Each form has what the papers are to have in its groups. `rag.question.several` reads them.
"""

from __future__ import annotations

import re

from rag.question.openings import IN_LIBRARY

__all__ = [
    "ASKS",
    "A_KIND_OF",
    "DEALS_WITH",
    "FORMS",
    "LEANS_BACK",
    "ONE_OF_THEM",
    "ONE_THEN_ASKED",
    "PAPERS_ALONE",
    "SHOWS_PAPERS",
    "THEM_ALL",
    "TO_READ",
    "WHAT_THERE_IS",
    "WHICH_QUALIFY",
    "WORKS_ON",
]

WHERE = re.compile(
    rf"\W*where(?: else)?(?: {IN_LIBRARY}| here)? "
    r"(?:do|does|is|are|has|have) (.+?) (?:plays? an? (?:\w+ )?(?:role|part)|"
    r"(?:comes?|shows?|turns?|crops?) up|appears?|occurs?|"
    r"(?:been |being )?(?:used|applied|mentioned|discussed|studied))\b",
    re.I,
)
"""Asks for all places in which something is found."""
AMONG = re.compile(
    r"\W*(?:among|out of|of) (?:all )?(?:the |these )?(?:papers|works|studies|methods|models)\b([^?]*?), "
    r"(?:which|who)(?: of them| ones)?\b(?! of\b)([^?]*)",
    re.I,
)
"""Says first which papers may be named: "Among the papers on editing, which ..."."""
OVERVIEW = re.compile(
    r"\W*(?:(?:can|could) you )?(?:give me |i need |i['’]d need )?(?:an? )?(?:quick |short )?"
    r"(?:overview|inventory|list) of (.+?) (?:in|from) (?:this|the|my|our) (?:collection|library)\W*$",
    re.I,
)
ALL_THAT = re.compile(
    r"\W*(?:please |pls )?(?:list|show(?: me)?|give me|name|find(?: me)?) (?:all|those|the ones|ones) "
    r"(?:that|which|who|with|where)\b([^?]+)",
    re.I,
)
WHAT_IN_LIBRARY = re.compile(
    rf"\W*what (?:is|do we have) (?:there )?{IN_LIBRARY} (?:that|which)\b([^?]+)", re.I
)
WHAT_HERE = re.compile(r"\W*what (?:in )?(?:here|this library) (?:(?:[cw]ould|can|may) )?([^?]+)", re.I)
WHAT_ELSE = re.compile(r"\W*what else (?:can|could) ([^?]+)", re.I)
TRAILING = re.compile(
    r"([^?!.]{3,120}?)\s*[,–—-]\s*(?:anything|list (?:them|everything|all)|which(?: ones| papers)?|"
    r"who has (?:it|them)[^?,]*)(?: (?:pls|please|here))?\W*$",
    re.I,
)
"""Says first what the papers are to have: "skin photos, anything?"."""
WHAT_THERE_IS = re.compile(
    r"\W*what(?:['’]?s| is| are| (?:have|do) (?:we|you|i))(?: there| have| got| here)+\W*", re.I
)
"""Asks what the library has of that which was said before."""
TO_READ = re.compile(
    rf"\W*what (?:should|could|can|must|do|shall) (?:I|we) (?:cite|read|look at|mention|include)"
    rf"(?: (?:from |in )?{IN_LIBRARY}| from (?:this|the|my|our) (?:collection|library))?\W*",
    re.I,
)
"""Asks for what was said before, as reading."""
THEM_ALL = re.compile(
    r"\W*(?:please |pls )?(?:name|list|give me|show me|find) (?:them all|all of them|them|all)"
    r"(?: please| pls)?\W*",
    re.I,
)
"""Asks for all that was said before."""
PAPERS_ALONE = re.compile(
    r"\W*(?:(?:any|which|what|relevant|related) )*(?:papers|works)(?: please| pls)?\W*", re.I
)
"""Asks for those on what was said before, as one types it: "video matting. papers?"."""
ASKS = re.compile(
    r"\W*(?:how|what|which|why|who|where|when|is|are|do|does|did|can|could|has|have|please|tell|explain|compare|"
    r"describe|summari[sz]e)\b",
    re.I,
)
"""Begins what asks for something else itself."""
ONE_OF_THEM = re.compile(
    r"((?:^|[.?!:;] )(?:does|is|has|did) )one "
    r"(?=of (?:these|your|my|our) (?:papers|works|studies|articles|abstracts)\b)",
    re.I,
)
"""Asks of one what it would ask of any: "Does one of these papers detect owls?"."""
WHICH_QUALIFY = re.compile(
    rf"(?<=[.?!:;,])\s*(?:so )?(?:which|what)(?: (?:papers|works|ones|of (?:them|these|those)))?"
    rf"(?: here| {IN_LIBRARY})? (?:qualif(?:y|ies)|fits?|match(?:es)?|counts?|belongs?|appl(?:y|ies))\W*$",
    re.I,
)
"""Asks for what has that which was said before."""
SHOWS_PAPERS = re.compile(
    r"(?:please )?(?:show|list|give|name|find|tell)(?: me| us)?(?: all| of|(?: all)? the| any| some)* "
    r"(?:papers|works|studies|articles)\b(?! (?:it|they) )",
    re.I,
)
"""Asks for papers though a question stands before it: "Are GANs dead? Show me the papers that ..."."""
LEANS_BACK = re.compile(r"\b(?:same|so|this|that|it|them|those|these)\W*$", re.I)
FORMS = {
    WHERE: False,
    AMONG: True,
    OVERVIEW: True,
    ALL_THAT: False,
    WHAT_HERE: True,
    WHAT_IN_LIBRARY: True,
    WHAT_ELSE: False,
    TRAILING: False,
}
"""Requests without a noun for papers, and whether they are of papers alone, not of what one paper has."""
DEALS_WITH = re.compile(
    r"\W*(?:also |even )?(?:us|exploit|stud|train|tackl|appl|combin|propos|address|deal|look|explor|handl|"
    r"cover|examin|investigat|evaluat|introduc|present|focus|releas|build|rel|learn|generat|predict|need)"
    r"(?:i?es|s)\b",
    re.I,
)
"""What "what work" does: exploits, uses."""
ONE_THEN_ASKED = re.compile(
    r"^[^.?!]*\bthe (?:work|research|study|paper)\b[^.?!]*[.!]\s+"
    r"[^?]*\b(?:they|their|its|the authors)\b[^?]*\?",
    re.I,
)
"""Says which work is looked for and then asks something of it: it is one."""
A_KIND_OF = re.compile(r"\b(?:some|any|an?) (?:kinds?|sorts?|types?|forms?) of\s", re.I)
WORKS_ON = re.compile(
    r"^\W*(?:(?:I|we)(?:['’](?:m|re)| am| are)?\s+)?(?:(?:also|just|currently)\s+)?"
    r"(?:doing|writing|preparing|collecting|working|write|work|for)(?: up)?"
    r"(?: (?:the |an? |my |our )?"
    r"(?:related[ -]work|section|chapter|survey|review|talk|thesis|grant|slides?)"
    r"(?: section| proposal)?)? (?:on|about|for)\s+",
    re.I,
)
"""Says what people are at before they say what it is about."""
