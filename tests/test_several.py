"""Requests for several papers are told from questions about one, however they are put."""

from __future__ import annotations

import pytest

from rag.several import read_several


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which papers introduce a dataset?", "introduce a dataset"),
        ("which ones need no labels?", "need no labels"),
        ("Which of them need no labels?", "need no labels"),
        ("Do any of these still use nets? Which?", "still use nets"),
        ("How many papers train on WetlandAudio?", "train on WetlandAudio"),
        ("in which papers are owls counted?", "owls counted"),
        ("list the papers about bird songs", "about bird songs"),
        ("Can you recommend papers on owls?", "on owls"),
        ("name two papers on owls", "on owls"),
        ("I'm looking for papers about nests", "about nests"),
        ("I need methods that run on a phone", "run on a phone"),
        ("Any papers on owls?", "on owls"),
        ("any method that needs no labels?", "needs no labels"),
        ("Does any model run in real time?", "run in real time"),
        ("I wonder whether any of the papers count owls", "count owls"),
        ("Hi! I'm new here. Any work on owls?", "on owls"),
        ("now something else: is there work that helps doctors?", "helps doctors"),
        ("List the work here that covers owls", "covers owls"),
        ("What research is there on owls?", "on owls"),
        ("Everything on owls, please.", "on owls"),
        ("do you have anything about owls?", "about owls"),
        ("Who uses BirdBench?", "uses BirdBench"),
        ("who is working on owls?", "working on owls"),
        ("Who in this collection hears owls?", "hears owls"),
        ("What else can hear owls?", "hear owls"),
        ("Owls - what is there in the library that hears them?", "hears them"),
        ("List the papers on owls, I am writing a survey.", "on owls"),
        ("does anyone hear owls?", "hear owls"),
        ("what else is there on owls?", "owls"),
        ("Are there any papers on owls?", "on owls"),
        ("What datasets exist for owls?", "datasets exist for owls"),
        ("any benchmarks for owls?", "benchmarks for owls"),
        ("papers on sea levels", "on sea levels"),
        ("work on small nets: pruning, distillation", "on small nets: pruning, distillation"),
        ("audio LLMs", "audio LLMs"),
        ("masked modelling papers (masked tokens)", "masked modelling papers (masked tokens)"),
        ("I want to read about papers that count owls", "count owls"),
        ("every paper on owls", "on owls"),
        ("Models that hear owls: which papers?", "Models that hear owls"),
        ("Owl detection (not counts). Which papers do that?", "Owl detection (not counts)"),
        ("Where does distillation play a role?", "distillation"),
        ("owl detection - which papers count owls?", "count owls"),
        ("Owl detection and counting - what have we got?", "Owl detection and counting"),
        ("Owl calls as a training signal - who exploits it?", "Owl calls as a training signal"),
        ("I look for ways to hear owls at night. Give me all candidates.", "to hear owls at night"),
        ("I must hear owls at night. Give me all candidates.", "I must hear owls at night"),
        ("Looking for ways to hear owls", "to hear owls"),
        ("Which authors complain that owls are missed?", "complain that owls are missed"),
        ("Could you collect the papers about owls?", "about owls"),
        ("which datasets introduced here hold owls?", "datasets introduced here hold owls"),
        ("what owl generators are described?", "owl generators are described"),
        ("Owl generators that claim to sing?", "Owl generators that claim to sing"),
        ("Papers that hear owls, please.", "hear owls"),
        ("What work do we have on owls?", "on owls"),
        ("anything here on owls? list all", "on owls"),
        ("Where do owls turn up in the library? Name the papers.", "owls"),
        ("Which of these systems hear owls themselves?", "systems hear owls themselves"),
        (
            "I survey owl calls at night. Which papers introduce such a method?",
            "I survey owl calls at night",
        ),
        ("Is anything in the library a survey or a thesis?", "a survey or a thesis"),
        ("Point me to everything where owls are heard.", "where owls are heard"),
        ("Among the papers on owls, which count them?", "on owls count them"),
        ("anything trained at night", "trained at night"),
        ("Find the systems that hear owls.", "systems that hear owls"),
        ("Overview of owl detection in this collection?", "owl detection"),
        ("Owls and herons at night: name them all", "Owls and herons at night"),
        ("List all that count owls", "count owls"),
        ("what here would hear owls live, at night", "hear owls live, at night"),
        ("owls - what do we have?", "owls"),
        ("owls / herons, anything?", "owls / herons"),
        ("trained on a million songs - which?", "trained on a million songs"),
        (
            "I'm writing a survey on owl calls at night. What should I cite from this library?",
            "owl calls at night",
        ),
        ("What should we read about owl calls?", "owl calls"),
        ("how many papers are there?", ""),
        ("list all papers in this library", ""),
    ],
)
def test_request_for_several_papers_says_what_they_are_to_have(question: str, wanted: str) -> None:
    several = read_several(question)
    assert several is not None
    assert several.wanted == wanted


@pytest.mark.parametrize(
    "question",
    [
        "Which paper introduces WetlandAudio?",
        "Which work introduced masked autoencoders?",
        "Is there a paper on owls?",
        "I'm looking for the paper that introduced nests",
        "Is there a survey about making transformers cheaper?",
        "Which super-resolution model follows trajectories?",
        "Which of the two UniFormer papers is about images?",
        "Compare the two UniFormer papers",
        "How do the papers differ?",
        "How many hours of WetlandAudio is HERON trained on?",
        "How do diffusion models work?",
        "How does it work?",
        "What works best for small models?",
        "What do models learn from video?",
        "What training data do models need?",
        "What methods does the bird song paper use?",
        "What datasets come with HERON and EgretNet?",
        "Name the datasets used for training.",
        "Name the four datasets used in the experiments.",
        "Which tricks make audio models cheaper to train?",
        "what makes models small?",
        "Someone trained a model on short clips. How many were there?",
        "Two papers count owls: the first one and the other. What do they say?",
        "Who wrote the survey?",
        "who invented the transformer?",
        "need the benchmarks for the scheme in which owls are heard first",
        "Has anyone in this collection found the cause, and is there a remedy?",
        "Can anyone explain attention to me?",
        "Is there a limitation of HERON?",
        "Does it say anything about cost?",
        "Is there something wrong with masking?",
        "anything else?",
        "which models?",
        "list the methods",
        "any limitations?",
        "What is the best paper on pruning?",
        "Who does better on owls, BirdNet or the other one?",
        "how many papers were screened for it?",
        "How many works are reviewed in the survey on owls?",
        "How many papers were read?",
        "Owls are missed at night by birders. Does any paper say why?",
        "Do any papers here explain how owls are heard?",
        "So is anything trained for the owl, or are the weights left alone?",
        "In what ways do models miss owls?",
        "Do the authors release the calls?",
        "Which generators does it compare?",
        "The thesis on owls claims two firsts. Which ones?",
        "I'm after the work that hides songs. What does it gain?",
        "How many models are compared in the bird song paper?",
        "Thanks for the papers!",
    ],
)
def test_question_about_one_thing_is_no_request_for_several(question: str) -> None:
    assert read_several(question) is None


@pytest.mark.parametrize(
    ("question", "of_papers"),
    [
        ("Which papers compare with EgretNet?", True),
        ("who uses EgretNet?", True),
        ("Which of them uses labels: HERON or EgretNet?", False),
        ("anything here on EgretNet?", True),
        ("Which methods does EgretNet use?", False),
        ("Is there anything about labels in EgretNet?", False),
    ],
)
def test_paper_that_is_named_may_be_the_one_asked_about(question: str, of_papers: bool) -> None:
    several = read_several(question)
    assert several is not None
    assert several.of_papers == of_papers
