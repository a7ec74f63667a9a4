using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>One client's SCRAM: first message, challenge, proof, signature. Nothing in it is slow: the slow hash is the client's.</summary>
internal sealed class ScramExchange(ScramUsers users, HashAlgorithmName algorithm, Func<string> newNonce) : IAuthenticationExchange
{
    private bool _wasAsked;
    private ClientFirstMessage? _first;
    private ScramCredentials? _credentials;
    private string _nonce = "";
    private string _challenge = "";

    public ValueTask<ExchangeStep> StepAsync(byte[]? data, CancellationToken cancellationToken) => ValueTask.FromResult(Step(data ?? []));

    public void Dispose()
    {
        if (_credentials is not null)
            CryptographicOperations.ZeroMemory(_credentials.SaltedPassword);
    }

    private ExchangeStep Step(byte[] data)
    {
        if (_first is not null)
            return TakeFinal(_first, data);
        if (data.Length > 0)
            return TakeFirst(data);
        // SASL lets a client name the method first and speak when it is asked (RFC 4422 section 5); once.
        bool asks = !_wasAsked;
        _wasAsked = true;
        return asks ? ExchangeStep.Continue(null) : Refused;
    }

    private ExchangeStep TakeFirst(byte[] data)
    {
        if (ClientFirstMessage.Parse(data, out var first) != ScramError.None)
            return Refused;
        _first = first;
        _credentials = users.Find(first!.UserName);
        _nonce = first.Nonce + newNonce();
        _challenge = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(_credentials.Salt)},i={_credentials.Iterations}");
        return ExchangeStep.Continue(Encoding.UTF8.GetBytes(_challenge));
    }

    private ExchangeStep TakeFinal(ClientFirstMessage first, byte[] data)
    {
        var credentials = _credentials!;
        if (ClientFinalMessage.Parse(data, first, _nonce, credentials.SaltedPassword.Length, out var final) != ScramError.None)
            return Refused;
        string authMessage = $"{first.Bare},{_challenge},{final!.WithoutProof}";
        // Both in any case: a user who does not exist costs what a wrong password does.
        bool isProved = ScramKeys.Verify(algorithm, credentials.SaltedPassword, authMessage, final.Proof);
        if (!isProved || !credentials.IsKnown)
            return ExchangeStep.Refused(AuthenticationResult.BadUserNameOrPassword);
        byte[] signature = ScramKeys.ServerSignature(algorithm, credentials.SaltedPassword, authMessage);
        return ExchangeStep.Done(new ClientIdentity(credentials.UserName), Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(signature)}"));
    }

    // What is no SCRAM says nothing about a user.
    private static ExchangeStep Refused => ExchangeStep.Refused(AuthenticationResult.NotAuthorized);
}
