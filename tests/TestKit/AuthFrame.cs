namespace OrleansBroker.TestKit;

/// <summary>AUTH of the broker.</summary>
public sealed record AuthFrame(byte ReasonCode, PropertyList Properties)
{
    public string? Method => Properties.Text(PropertyId.AuthenticationMethod);

    public byte[]? Data => Properties.Bytes(PropertyId.AuthenticationData);
}
