namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A message as its publisher meant it, and when it was sent.</summary>
internal sealed class Message
{
    public required long Id { get; init; }

    public required string ClientId { get; init; }

    public required string Topic { get; init; }

    public required int QoS { get; init; }

    public required bool Retain { get; init; }

    /// <summary>Bytes of the payload; 0 for an empty one, which is known by its topic.</summary>
    public required int Length { get; init; }

    public MessageProperties Properties { get; init; }

    public bool IsWill { get; init; }

    /// <summary>In the order in which the publisher first sent its messages; 0 for a will.</summary>
    public long Order { get; set; }

    /// <summary>Nobody can have it before: the first sending, or the CONNECT that brought the will.</summary>
    public long Begin { get; set; }

    public List<Attempt> Attempts { get; } = [];

    /// <summary>Of the last PUBACK or PUBREC.</summary>
    public int? Reason { get; set; }

    public override string ToString() =>
        $"message {Id} of {ClientId}: {(IsWill ? "will" : "publish")} {Topic} qos={QoS} retain={Retain} length={Length} order={Order} reason={Reason} attempts=" +
        string.Join(", ", Attempts.Select(attempt => $"[{attempt.When}{(attempt.IsCertain ? "" : " unanswered")}]"));
}
