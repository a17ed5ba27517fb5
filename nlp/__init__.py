"""Chinese course text to values: tokens, tags, sentiment, topics, difficulty, features.

Pure: no environment, no network, no clock, no files but the packaged data.
"""

from nlp.analysis import (
    Analysis,
    Aspect,
    Concept,
    Difficulty,
    Entity,
    Evidence,
    KeyPoint,
    Sentiment,
    Tag,
    Token,
    TopicProbability,
)
from nlp.analyzer import Analyzer, analyze
from nlp.aspects import AspectWords
from nlp.beats import Beat, Beats, MissingBeat, beats
from nlp.cast import Cast, Named, cast
from nlp.dictionary import UserDictionary
from nlp.errors import (
    DictionaryError,
    FeatureSpaceError,
    ModelFormatError,
    NlpError,
    TrainingDataError,
)
from nlp.features import Features, extract
from nlp.signature import signature
from nlp.space import FeatureSpace
from nlp.subtitles import Transcript, read_subtitles
from nlp.tone import Tone, tone

__all__ = [
    "Analysis",
    "Analyzer",
    "Aspect",
    "AspectWords",
    "Beat",
    "Beats",
    "Cast",
    "Concept",
    "DictionaryError",
    "Difficulty",
    "Entity",
    "Evidence",
    "FeatureSpace",
    "FeatureSpaceError",
    "Features",
    "KeyPoint",
    "MissingBeat",
    "ModelFormatError",
    "Named",
    "NlpError",
    "Sentiment",
    "Tag",
    "Token",
    "Tone",
    "TopicProbability",
    "TrainingDataError",
    "Transcript",
    "UserDictionary",
    "analyze",
    "beats",
    "cast",
    "extract",
    "read_subtitles",
    "signature",
    "tone",
]
