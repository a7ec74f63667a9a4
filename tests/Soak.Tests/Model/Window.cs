namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// Between these two stamps, both included, the broker did something; when exactly nobody outside knows. The first was taken before the
/// request was sent, the second after its answer was read.
/// </summary>
internal readonly record struct Window(long Begin, long End)
{
    /// <summary>Of what has not happened yet.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Whatever order the broker saw: this came first.</summary>
    public bool IsBefore(Window other) => End < other.Begin;

    public bool Overlaps(Window other) => Begin <= other.End && other.Begin <= End;

    public override string ToString() => $"{Stamps.Text(Begin)}..{Stamps.Text(End)}";
}
