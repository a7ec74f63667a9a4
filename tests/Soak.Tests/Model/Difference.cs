namespace OrleansBroker.Soak.Tests.Model;

/// <summary>The broker did what the model does not allow, or the other way round.</summary>
/// <param name="What">The rule, in words.</param>
/// <param name="Session">Whose history belongs to it.</param>
/// <param name="Message">The message in question.</param>
internal sealed record Difference(string What, SessionRecord? Session, Message? Message, string Details)
{
    public override string ToString() => $"{What}: {Details}";
}
