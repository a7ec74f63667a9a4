namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>Some of the judged bytes.</summary>
internal readonly record struct Slice(byte[] Source, int At, int Length)
{
    public ReadOnlySpan<byte> Span => Source.AsSpan(At, Length);
}
