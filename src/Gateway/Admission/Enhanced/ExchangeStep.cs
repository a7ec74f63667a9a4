namespace OrleansBroker.Gateway.Admission.Enhanced;

/// <summary>What a method says to the client's data.</summary>
public readonly record struct ExchangeStep
{
    private ExchangeStep(ExchangeStepKind kind, byte[]? data, AuthenticationResult result)
    {
        Kind = kind;
        Data = data;
        Result = result;
    }

    public ExchangeStepKind Kind { get; }

    /// <summary>Authentication Data for the client; null for none. At most 65,535 bytes, as all of MQTT's binary data.</summary>
    public byte[]? Data { get; }

    /// <summary>The decision; of <see cref="ExchangeStepKind.Continue"/> there is none.</summary>
    public AuthenticationResult Result { get; }

    public static ExchangeStep Continue(byte[]? data) => new(ExchangeStepKind.Continue, data, default);

    public static ExchangeStep Done(ClientIdentity identity, byte[]? data) => new(ExchangeStepKind.Done, data, AuthenticationResult.Allowed(identity));

    /// <param name="result">Any but Allowed.</param>
    public static ExchangeStep Refused(AuthenticationResult result) => new(ExchangeStepKind.Refused, null, result);
}
