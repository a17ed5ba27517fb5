"""Analyse one text: what `nlp` alone can say."""

from nlp import FeatureSpace, analyze, extract

texts = [
    "本课讲矩阵分解：把评分矩阵写成两个矩阵的乘积。例如，奇异值分解。学习前需要掌握线性代数。",
    "老师讲得非常清楚，但是节奏太快，例子有点少。",
]
for text in texts:
    analysis = analyze(text)
    print(text)
    print("  tags      ", [(tag.text, round(tag.weight, 2)) for tag in analysis.tags[:5]])
    print("  sentiment ", analysis.sentiment)
    print("  aspects   ", [(a.name, round(a.polarity, 2), a.text) for a in analysis.aspects])
    print("  key points", [(point.role, point.text) for point in analysis.key_points])

features = [extract(analyze(text)) for text in texts]
space = FeatureSpace.fit(features, min_df=1)
rows = space.transform(features)
print(f"{rows.shape[1]} named columns; the heaviest of the first text:")
first = rows[[0]]
for column in sorted(first.indices, key=lambda c: -first[0, c])[:5]:
    print(f"  {space.columns[column]:<20} {first[0, column]:.3f}")
