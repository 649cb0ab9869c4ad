"""The words of asking and reporting: what a question may bring into an answer.

They say nothing that a paper would have to hold, in whatever field: what people do with things, how they
judge and count them, and the nouns of telling about it. No word is here that names a thing, a method or a
quantity that could be measured ("music", "mask", "memory"), nor one that says which way something goes
("increase"): a paper has those or has them not.
"""

from __future__ import annotations

from functools import cache

from index_store.lexical import tokens

__all__ = ["is_asking", "plain_stems", "telling_stems"]

VERBS = """
    use used employ apply adopt rely depend build built ran base come call name dub refer abbreviate stand
    mean report say state tell claim argue conclude find found show shown see seen describe mention
    explain note introduce present propose suggest offer provide give given release publish create make
    made develop design devise contain include consist cover comprise hold have add gain get got obtain
    achieve reach attain take taken bring identify cause lead handle address tackle solve attack
    overcome fix remedy deal help let allow enable need require work perform do run try test evaluate
    assess measure examine study investigate compare differ concern involve deliver happen know known
    think choose chosen keep kept put set start begin end go turn become accord answer leave left remain
    admit aim alleviate amount apart arise arrive ask assume avoid bear behave believe belong benefit
    beat bother break brought buy care carry change check circumvent cite clarify contribute cope count
    cut decide decline deem demand demonstrate deny derive deserve determine differentiate discover
    discuss distinguish dodge drive earn ease elaborate embrace emphasize enjoy ensure escape establish
    exceed excel exist expect exploit face fail fall favor favour feel fight figure fill fit focus
    follow forgo fulfil gather grant guard guarantee guess hamper harness hide highlight hinder hope
    hunt hurt illustrate imagine imply improve indicate inherit insist inspire intend invent join judge
    justify lack last lay lend lessen leverage lie like list live look manage matter meet mitigate move
    notice observe occur omit oppose outline outperform owe own pay permit pick place plan play point
    possess prefer pretend prevent prioritize proceed profit promise prove pull pursue push raise react
    realize reason recommend refrain regard reject relate remember repeat replace resolve resort respond
    rest restrict reveal rid save seek seem serve share shed shortcut shy sidestep sit skip sort spare
    speak spend spent spell split stay stick stop strive struggle succeed suffer suit summarize support
    suppose surpass sustain swap switch talk target tend thank throw tie touch treat trick trigger
    understand undertake underlie utilize vary wait want warn waste watch welcome win wish wonder worry
    yield did done does weed lag flavor flavour
"""
RELATIONS = """
    across against although among because behind beside besides between beyond despite per rather since
    though through throughout toward towards unlike until upon versus via whereas whether while within
    own new novel first last next two one single several many much more most less least other another
    same different also already again still yet only even just both each every all any some about up out
    in on over into from during before after earlier later instead together so then than such well good
    better best possible able main overall actually really exactly specifically larger smaller bigger
    higher lower faster slower cheaper longer shorter fewer stronger weaker ones
"""
QUALITIES = """
    around absolute acceptable actual additional adequate advanced aforementioned alike alone
    alternative amazing apparent appealing appropriate available awkward bad basic beneficial big brief
    broad careful central certain challenging characteristic cheap clear clever close common comparable
    competitive complete complicated comprehensive considerable conventional convincing core correct
    costly crucial current desirable difficult distinct diverse early easy effective efficient elegant
    enormous enough entire essential evident exact excellent excessive existing expensive explicit
    extensive extra extreme fair familiar far fast final fine former fresh frequent full fundamental
    further general generic genuine great hard harmful harmless helpful honest huge ideal immediate
    important impossible impressive inadequate individual ineffective inefficient inferior inherent
    initial insufficient interesting key kind large late latter leading likely little long lucrative
    lightweight major massive mere minor modern naive narrow natural necessary needless nice notable
    obvious odd old ordinary original outdated outstanding particular partial past peculiar perfect
    plain plausible poor popular powerful practical precise preferable preliminary previous primary
    principal prior problematic prominent promising proper public pure quick rapid rare ready real
    reasonable recent relevant reliable remarkable respective rich right robust severe short significant
    similar simple slight slow small smart sole sophisticated special specific standard strange
    straightforward strict strong subtle successful sudden sufficient suitable superior sure surprising
    tight tiny top tough true trivial typical ultimate underlying unique unknown unlikely unnecessary
    unusual useful useless usual valuable various vast versatile viable vital weak whole wide worth
    wrong
"""
NOUNS = """
    question paper abstract work author method approach model system idea way thing kind sort type part
    number amount result experiment purpose reason goal aim task problem case example difference ability
    advance advantage aspect assumption attempt bit bottleneck burden category challenge chance choice
    claim comparison concept conclusion condition consequence contrast contribution criticism degree
    detail difficulty disadvantage downside drawback effect effort element essence evidence extent fact
    factor feature finding flaw foundation framework gap group half hurdle hypothesis impact implication
    importance improvement ingredient insight intuition issue job lesson level limit limitation lot
    majority margin means mechanism merit mistake motivation notion objective obstacle occasion
    opportunity option origin outcome pain pair perspective philosophy piece pitfall plus portion
    position possibility potential practice principle process project proportion quality range recipe
    remark requirement role root scenario scheme sense series setting setup shortcoming side
    significance situation solution source stage step story strategy strength style subject success term
    theme theory tool topic trade tradeoff trend trouble upside usage variant variety version view
    weakness workaround workflow abbreviation acronym letter shortage subset
"""


@cache
def plain_stems() -> frozenset[str]:
    """Return all of them, stemmed."""
    return frozenset(tokens(f"{VERBS} {RELATIONS} {QUALITIES} {NOUNS}"))


def telling_stems(text: str) -> set[str]:
    """Return the stems of a text that do more than ask and report."""
    return set(tokens(text)) - plain_stems()


@cache
def _asking() -> frozenset[str]:
    return frozenset(tokens(f"{VERBS} {RELATIONS}"))


def is_asking(stem: str) -> bool:
    """Whether a stemmed word only asks or relates. Qualities and nouns do more where papers are looked for:
    somebody may want the efficient ones."""
    return stem in _asking()
